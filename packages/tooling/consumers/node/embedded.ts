import { match } from 'node:assert';
import { type Embedded, startEmbedded } from '@kv/embedded';

async function main(): Promise<void> {
  const servers: Embedded = await startEmbedded({ gibson: { port: 0 } });
  match(servers.gibson?.url ?? '', /^gibson:\/\//);
  await servers.close();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
