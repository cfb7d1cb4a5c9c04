import { type RedisServerOptions, startRedis } from './redis-server.ts';

/** What a variable of the environment may name. */
type Backend = 'redis' | 'ssdb' | 'gibson';

/** A server that a suite may use: its own child, or one that the environment names. */
export interface ServerUnderTest extends AsyncDisposable {
  /** Address without a scheme's options: `redis://127.0.0.1:6379`. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** The password in the URL, decoded. */
  readonly password?: string | undefined;
  /** A child of this test run, so that it may be killed, flushed and reconfigured. */
  readonly own: boolean;
  /** Stops an own server; leaves a named one alone. */
  stop(): Promise<void>;
}

/**
 * The Redis that suites run on: KV_TEST_REDIS (`host:port` or a `redis:` URL) if it is set, else a child process.
 * A named server is somebody else's: use keys of your own, and skip what needs `own` with that reason.
 */
export async function redisUnderTest(options: RedisServerOptions = {}): Promise<ServerUnderTest> {
  return namedServer('redis') ?? { ...shape(await startRedis(options)), own: true };
}

/**
 * The server that KV_TEST_REDIS, KV_TEST_SSDB or KV_TEST_GIBSON names, as `host:port` or as a URL, which may hold a
 * password; `undefined` when the variable is not set.
 */
export function namedServer(backend: Backend): ServerUnderTest | undefined {
  return namedServers(backend)[0];
}

/**
 * All servers that the variable names, with commas between them: suites of several servers run on them, too. They remove
 * whatever these servers have.
 */
export function namedServers(backend: Backend): ServerUnderTest[] {
  const name = `KV_TEST_${backend.toUpperCase()}`;
  const value = process.env[name] ?? '';
  return value === '' ? [] : value.split(',').map((one) => named(backend, one, name));
}

function named(backend: Backend, value: string, name: string): ServerUnderTest {
  const url = new URL(value.includes('://') ? value : `${backend}://${value}`);
  if (url.port === '') throw new Error(`${name} must name host and port`);
  const stop = (): Promise<void> => Promise.resolve();
  const password = url.password === '' ? undefined : decodeURIComponent(url.password);
  const place = { url: url.href, host: url.hostname, port: Number(url.port), password };
  return { ...place, own: false, stop, [Symbol.asyncDispose]: stop };
}

function shape(server: Awaited<ReturnType<typeof startRedis>>): Omit<ServerUnderTest, 'own'> {
  const { url, host, port } = server;
  const stop = (): Promise<void> => server.stop();
  return { url, host, port, stop, [Symbol.asyncDispose]: stop };
}
