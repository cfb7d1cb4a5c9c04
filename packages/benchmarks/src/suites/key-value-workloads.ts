import type { KeyValueClient, Workload } from '../suite.ts';

/** Keys and values as ssdb-bench makes them: `k` and ten digits, a value of 101 bytes. */
export const keys: readonly string[] = Array.from({ length: 1024 }, (_, i) => `k${String(i).padStart(10, '0')}`);
/** The value of all keys. */
export const value: string = `v${'7'.repeat(100)}`;

/** GET and SET of small values at some depths. */
export const keyValueWorkloads: readonly Workload<KeyValueClient>[] = [get(1), get(50), set(50)];

/** The same with many calls in flight, for servers that take them on few connections. */
export const deepKeyValueWorkloads: readonly Workload<KeyValueClient>[] = [get(1000), set(1000)];

function get(depth: number): Workload<KeyValueClient> {
  return {
    name: `get-c${depth}`,
    title: `get c${depth}`,
    depth,
    call: (client) => (round) => client.get(keys[round & 1023] as string),
    // Bare sockets decode nothing and answer with the reply's length.
    check: (answer) => {
      if (answer !== value && !(typeof answer === 'number' && answer > value.length)) throw new Error('another value');
    },
  };
}

function set(depth: number): Workload<KeyValueClient> {
  return {
    name: `set-c${depth}`,
    title: `set c${depth}`,
    depth,
    call: (client) => (round) => client.set(keys[round & 1023] as string, value),
    check: () => {},
  };
}
