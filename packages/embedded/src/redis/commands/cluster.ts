import { keySlot, SLOT_COUNT } from '../cluster/key-slot.ts';
import type { ClusterNode } from '../cluster/node.ts';
import { arg, type Commands, type Context, type Run } from '../command.ts';
import { CommandError, refuse } from '../command-error.ts';
import { numberOf, parseInteger } from '../numbers.ts';
import { array, bulk, bulks, integer, type Notation, OK, status } from '../replies.ts';

/** The node that a command runs on, with the command's own notation. */
type OnNode = (node: ClusterNode, context: Context, args: readonly string[]) => string;

/** Refuses the command where the server is no part of a cluster. */
function inCluster(run: OnNode): Run {
  return (context, args) => {
    const node = context.state.cluster ?? refuse('This instance has cluster support disabled');
    return run(node, context, args);
  };
}

/** Only nodes with slots are listed. */
function slots({ nodes: all, slots: owners }: ClusterNode): string {
  const rows = all.flatMap((node) => owners.rangesOf(node).map(([first, last]) => ({ first, last, node })));
  rows.sort((a, b) => a.first - b.first);
  return array(
    rows.map(({ first, last, node: { host, port, id } }) =>
      array([integer(first), integer(last), array([bulk(host), integer(port), bulk(id), array([])])]),
    ),
  );
}

function shards({ nodes: all, slots: owners }: ClusterNode, { wire }: Context): string {
  return array(
    all.map((node) =>
      wire.map([
        ...[bulk('slots'), array(owners.rangesOf(node).flat().map(integer))],
        ...[bulk('nodes'), array([described(node, wire)])],
      ]),
    ),
  );
}

function described({ id, host, port }: ClusterNode, wire: Notation): string {
  const text = (name: string, value: string): string[] => [bulk(name), bulk(value)];
  return wire.map([
    ...text('id', id),
    ...[bulk('port'), integer(port)],
    ...text('ip', host),
    ...text('endpoint', host),
    ...text('role', 'master'),
    ...[bulk('replication-offset'), integer(0)],
    ...text('health', 'online'),
  ]);
}

/** Of its own row a node also shows the slots that are on their way. */
function nodes(self: ClusterNode, { wire }: Context): string {
  const rows = self.nodes.map((node) => {
    const ranges = self.slots.rangesOf(node).map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`));
    const open = node === self ? openSlots(self) : [];
    const flags = node === self ? 'myself,master' : 'master';
    return [node.id, `${node.address}@0`, flags, '-', 0, 0, node.epoch, 'connected', ...ranges, ...open].join(' ');
  });
  return wire.text(`${rows.join('\n')}\n`);
}

function openSlots({ migrating, importing }: ClusterNode): string[] {
  const leaving = [...migrating].map(([slot, to]) => `[${slot}->-${to.id}]`);
  return [...leaving, ...[...importing].map(([slot, from]) => `[${slot}-<-${from.id}]`)];
}

function info({ nodes: all, slots: owners, epoch }: ClusterNode, { wire }: Context): string {
  const fields = {
    cluster_state: 'ok',
    cluster_slots_assigned: SLOT_COUNT,
    cluster_slots_ok: SLOT_COUNT,
    cluster_slots_pfail: 0,
    cluster_slots_fail: 0,
    cluster_known_nodes: all.length,
    cluster_size: all.filter((node) => owners.rangesOf(node).length > 0).length,
    cluster_current_epoch: owners.epoch,
    cluster_my_epoch: epoch,
    cluster_stats_messages_sent: 0,
    cluster_stats_messages_received: 0,
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}:${value}\r\n`);
  return wire.text(lines.join(''));
}

function slotOf(text: string): number {
  const slot = parseInteger(text);
  if (slot === undefined || slot < 0 || slot >= SLOT_COUNT) return refuse('Invalid or out of range slot');
  return Number(slot);
}

/** COUNTKEYSINSLOT and GETKEYSINSLOT have their own words for it. */
function slotIn(text: string): number {
  const slot = numberOf(text);
  return slot < 0 || slot >= SLOT_COUNT ? refuse('Invalid slot') : slot;
}

function keysInSlot(node: ClusterNode, _: Context, args: readonly string[]): string {
  const slot = numberOf(arg(args, 0));
  const count = numberOf(arg(args, 1));
  if (slot < 0 || slot >= SLOT_COUNT || count < 0) refuse('Invalid slot or number of keys');
  return bulks(node.keysIn(slot).slice(0, count));
}

const setSlot: OnNode = (node, _, [slotText = '', action = '', id, ...rest]) => {
  const slot = slotOf(slotText);
  const verb = action.toUpperCase();
  if (verb === 'STABLE' && id === undefined) node.closeSlot(slot);
  else if (id === undefined || rest.length > 0) refuse(WRONG_ACTION);
  else if (verb === 'MIGRATING') beginLeaving(node, slot, id);
  else if (verb === 'IMPORTING') beginComing(node, slot, id);
  else if (verb === 'NODE') assign(node, slot, id);
  else refuse(WRONG_ACTION);
  return OK;
};

const WRONG_ACTION = 'Invalid CLUSTER SETSLOT action or number of arguments. Try CLUSTER HELP';

function beginLeaving(node: ClusterNode, slot: number, id: string): void {
  if (node.slots.ownerOf(slot) !== node) refuse(`I'm not the owner of hash slot ${slot}`);
  node.migrating.set(slot, known(node, id) ?? refuse(`I don't know about node ${id}`));
}

function beginComing(node: ClusterNode, slot: number, id: string): void {
  if (node.slots.ownerOf(slot) === node) refuse(`I'm already the owner of hash slot ${slot}`);
  node.importing.set(slot, known(node, id) ?? refuse(`I don't know about node ${id}`));
}

function assign(node: ClusterNode, slot: number, id: string): void {
  const owner = known(node, id) ?? refuse(`Unknown node ${id}`);
  if (node.slots.ownerOf(slot) === node && owner !== node && node.keysIn(slot).length > 0)
    refuse(`Can't assign hashslot ${slot} to a different node while I still hold keys for this hash slot.`);
  if (owner !== node) node.importing.delete(slot);
  if (node.keysIn(slot).length === 0) node.migrating.delete(slot);
  owner.own(slot);
  if (owner === node) node.importing.delete(slot);
}

function known({ nodes: all }: ClusterNode, id: string): ClusterNode | undefined {
  return all.find((node) => node.id === id);
}

/** Keys go to another node of the same cluster; there is no other server that this one could connect to. */
const migrate: Run = ({ state, db }, [host = '', portText = '', key = '', , , ...options]) => {
  const { keys, replace } = migrateOptions(key, options);
  const found = keys.filter((one) => db.has(one));
  if (found.length === 0) return status('NOKEY');
  const node = state.cluster;
  const target = node?.nodes.find((one) => one.port === Number(portText) && one.host === host);
  if (node === undefined || target === undefined || target === node)
    throw new CommandError('IOERR error or timeout writing to target instance');
  if (!replace && found.some((one) => target.state.database(0).has(one)))
    refuse('Target instance replied with error: BUSYKEY Target key name already exists.');
  node.moveKeys(found, target);
  return OK;
};

function migrateOptions(key: string, options: readonly string[]): { keys: readonly string[]; replace: boolean } {
  let replace = false;
  for (const [at, text] of options.entries()) {
    const option = text.toUpperCase();
    if (option === 'REPLACE') replace = true;
    else if (option === 'KEYS' && key === '') return { keys: options.slice(at + 1), replace };
    else refuse(`MIGRATE with ${option} is not there on this server`);
  }
  return { keys: [key], replace };
}

/** Commands about the cluster, and those that only a cluster needs. */
export const clusterCommands: Commands = {
  'cluster|slots': inCluster(slots),
  'cluster|shards': inCluster(shards),
  'cluster|nodes': inCluster(nodes),
  'cluster|info': inCluster(info),
  'cluster|myid': inCluster(({ id }) => bulk(id)),
  'cluster|keyslot': inCluster((_node, _context, args) => integer(keySlot(arg(args, 0)))),
  'cluster|countkeysinslot': inCluster((node, _, args) => integer(node.keysIn(slotIn(arg(args, 0))).length)),
  'cluster|getkeysinslot': inCluster(keysInSlot),
  'cluster|setslot': inCluster(setSlot),
  'cluster|bumpepoch': inCluster((node) => status(`${node.outrank() ? 'BUMPED' : 'STILL'} ${node.epoch}`)),
  asking: inCluster((_, { client }) => {
    client.asking = true;
    return OK;
  }),
  readonly: inCluster(() => OK),
  readwrite: inCluster(() => OK),
  migrate,
};
