import type { Run } from './command.ts';
import { bitmapCommands } from './commands/bitmap.ts';
import { clientCommands } from './commands/client.ts';
import { clusterCommands } from './commands/cluster.ts';
import { connectionCommands } from './commands/connection.ts';
import { functionCommands } from './commands/function.ts';
import { hashCommands } from './commands/hash.ts';
import { introspectionCommands } from './commands/introspection.ts';
import { keyCommands } from './commands/key.ts';
import { listCommands } from './commands/list.ts';
import { listPopCommands } from './commands/list-pop.ts';
import { pubsubCommands } from './commands/pubsub.ts';
import { scanCommands } from './commands/scan.ts';
import { scriptCommands } from './commands/script.ts';
import { serverCommands } from './commands/server.ts';
import { setCommands } from './commands/set.ts';
import { sortCommands } from './commands/sort.ts';
import { sortedSetCommands } from './commands/sorted-set.ts';
import { sortedSetCombineCommands } from './commands/sorted-set-combine.ts';
import { sortedSetPopCommands } from './commands/sorted-set-pop.ts';
import { sortedSetRangeCommands } from './commands/sorted-set-range.ts';
import { streamCommands } from './commands/stream.ts';
import { streamClaimCommands } from './commands/stream-claim.ts';
import { streamGroupCommands } from './commands/stream-group.ts';
import { streamInfoCommands } from './commands/stream-info.ts';
import { streamReadCommands } from './commands/stream-read.ts';
import { stringCommands } from './commands/string.ts';
import { transactionCommands } from './commands/transaction.ts';

/** Every command by its name; subcommands as `container|name`. */
export const runners: ReadonlyMap<string, Run> = new Map(
  [
    stringCommands,
    bitmapCommands,
    keyCommands,
    scanCommands,
    hashCommands,
    listCommands,
    listPopCommands,
    setCommands,
    sortedSetCommands,
    sortedSetRangeCommands,
    sortedSetPopCommands,
    sortedSetCombineCommands,
    sortCommands,
    streamCommands,
    streamReadCommands,
    streamGroupCommands,
    streamClaimCommands,
    streamInfoCommands,
    transactionCommands,
    scriptCommands,
    functionCommands,
    pubsubCommands,
    connectionCommands,
    clientCommands,
    serverCommands,
    introspectionCommands,
    clusterCommands,
  ].flatMap((group) => Object.entries(group)),
);
