// How many batches can the server answer, whatever the client? A socket writes bytes that were made before, compares
// the first reply, and then only counts bytes. redis-benchmark counts commands, not batches, and knows no transactions.
// Run: npx tsx --conditions=@kv/source src/comparison/bare-batches.ts [rounds]
import { once } from 'node:events';
import { createConnection } from 'node:net';
import process from 'node:process';
import { startRedis } from '@kv/testkit/redis-server';

const VALUE = 'abcdefghijklmnop';
const WARM_UP = 1000;
const COUNTED = 1000;

/** What is kept in flight, as in the benchmark's rows of these names. */
interface Batch {
  readonly title: string;
  readonly depth: number;
  readonly request: string;
  readonly reply: string;
}

const bulk = (text: string): string => `$${text.length}\r\n${text}\r\n`;
const command = (...args: readonly string[]): string => `*${args.length}\r\n${args.map(bulk).join('')}`;
const keys = (count: number): string[] => Array.from({ length: count }, (_, i) => `key:${String(i).padStart(12, '0')}`);
const gets = (count: number): string =>
  keys(count)
    .map((key) => command('GET', key))
    .join('');

const batches: readonly Batch[] = [
  { title: 'Pipeline of 100 GETs c10', depth: 10, request: gets(100), reply: bulk(VALUE).repeat(100) },
  {
    title: 'MULTI of 10 GETs c50',
    depth: 50,
    request: `${command('MULTI')}${gets(10)}${command('EXEC')}`,
    reply: `+OK\r\n${'+QUEUED\r\n'.repeat(10)}*10\r\n${bulk(VALUE).repeat(10)}`,
  },
];

/** @returns batches per second, and µs of this process per batch */
async function measure({ request, reply, depth }: Batch, port: number): Promise<{ rate: number; cpu: number }> {
  const socket = createConnection({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  let received = 0;
  let answered = 0;
  socket.write(request, 'latin1');
  const first: Buffer[] = [];
  while (Buffer.concat(first).length < reply.length) first.push((await once(socket, 'data'))[0] as Buffer);
  if (Buffer.concat(first).toString('latin1') !== reply) throw new Error('the server answers something else');
  socket.on('data', (bytes) => {
    received += bytes.length;
    const complete = Math.floor(received / reply.length);
    if (complete === answered) return;
    socket.write(request.repeat(complete - answered), 'latin1');
    answered = complete;
  });
  socket.write(request.repeat(depth), 'latin1');
  await elapsed(WARM_UP);
  const [before, start, cpu] = [answered, performance.now(), process.cpuUsage()];
  await elapsed(COUNTED);
  const count = answered - before;
  const { user, system } = process.cpuUsage(cpu);
  socket.destroy();
  return { rate: (count / (performance.now() - start)) * 1000, cpu: (user + system) / count };
}

function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const rounds = Number(process.argv[2] ?? 5);
for (let round = 0; round < rounds; round++) {
  for (const batch of batches) {
    const server = await startRedis();
    const filling = createConnection({ port: server.port, host: '127.0.0.1' });
    filling.end(
      keys(100)
        .map((key) => command('SET', key, VALUE))
        .join(''),
    );
    filling.resume();
    await once(filling, 'close');
    const { rate, cpu } = await measure(batch, server.port);
    console.log(`${batch.title}: ${(rate / 1000).toFixed(1)} thousand per second, ${cpu.toFixed(1)} µs each`);
    await server.stop();
  }
}
