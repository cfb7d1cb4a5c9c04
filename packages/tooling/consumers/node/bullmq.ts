import { type BullClient, bullClient, bullClientFactory } from '@kv/bullmq';

async function main(): Promise<void> {
  const client: BullClient = bullClient('embedded:');
  await client.hset('job', { n: 1 });
  const seen = [await client.hget('job', 'n'), client.status, bullClientFactory()({ host: 'localhost' }).status];
  await client.quit();
  if (seen.join() !== '1,ready,wait') throw new Error(`@kv/bullmq: ${seen.join()}`);
}

void main();
