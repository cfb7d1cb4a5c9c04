/** A program without any listener, run as a process of its own by `bare-process.test.ts`. */
import { createRedis } from '../src/index.ts';

const redis = createRedis(
  { host: '127.0.0.1', port: Number(process.argv[2]) },
  { timeout: 200, backoff: { min: 1, max: 20 } },
);
await redis.connect();
const news = await redis.subscribe('news');
void redis.blpop('nothing', 0).catch(() => {});
let over = false;
process.stdin.on('end', () => {
  over = true;
});
process.stdin.resume();
while (!over) {
  const said = await redis.ping().catch(({ code }: { code: string }) => code);
  process.stdout.write(`${said}\n`);
  await new Promise((resolve) => setTimeout(resolve, 10));
}
await news.close();
await redis.close({ timeout: 100 });
