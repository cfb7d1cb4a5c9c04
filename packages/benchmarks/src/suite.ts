import type { Results } from './report/results.ts';
import type { Target } from './report/targets.ts';
import type { RunResult } from './run/run-result.ts';

/** Where the server of one run listens. */
export interface ServerPlace {
  readonly host: string;
  readonly port: number;
  /** Path of a unix socket, in place of host and port. */
  readonly path?: string | undefined;
  /** File with the authority that signed the server's certificate: the port speaks TLS. */
  readonly caFile?: string | undefined;
  /** The server is one of a cluster. */
  readonly cluster?: boolean | undefined;
}

/** What every client can: the rest depends on the suite. */
export interface KeyValueClient {
  get(key: string): Promise<unknown>;
  set(key: string, value: string): Promise<unknown>;
  close(): Promise<void> | void;
}

/** What a client is opened with. */
export interface OpenOptions extends ServerPlace {
  /** Values come back as bytes. */
  readonly bytes: boolean;
  /** Calls that will be in flight, for clients that need as many connections. */
  readonly depth: number;
  /** Reads are kept in the process. */
  readonly cache: boolean;
  /** Folder of another checkout of this repository, whose packages are measured. */
  readonly checkout?: string | undefined;
}

/** One measured call; calls of one loop have ascending numbers. */
export type Call = (round: number) => Promise<unknown>;

/** One row of the table: a call and how many of it are kept in flight. */
export interface Workload<C> {
  readonly name: string;
  readonly title: string;
  /** Calls in flight: that many loops, each awaiting its call before the next. */
  readonly depth: number;
  /** Values come back as bytes. */
  readonly bytes?: boolean;
  /** Reads are kept in the process. */
  readonly cache?: boolean;
  /** Makes the measured call, after whatever has to be there first. */
  readonly call: (client: C) => Call | Promise<Call>;
  /** Throws when one answer is not what it must be. Checked once per run, before measuring. */
  readonly check: (answer: unknown) => void;
}

/** One column of the table. */
export interface ClientUnderTest<C, W extends Workload<C> = Workload<C>> {
  readonly name: string;
  /** Column head. */
  readonly title: string;
  /** npm package whose version is reported. */
  readonly package?: string;
  /** Runtime of its process; `native`: a program of its own, started by `runNative`. */
  readonly runtime: 'node' | 'bun' | 'native';
  /** Folder of another checkout of this repository, whose client of the name `kv` is measured instead. */
  readonly checkout?: string;
  /** Loads the client's module and connects; in its own process only. */
  readonly open?: (options: OpenOptions) => Promise<C>;
  /** Measures without JavaScript; `undefined` when the program cannot do this workload. */
  readonly runNative?: (
    workload: W,
    place: ServerPlace & { readonly seconds: number },
  ) => Promise<RunResult | undefined>;
}

/** A comparison: clients of one kind of server. */
export interface Suite<C, W extends Workload<C> = Workload<C>> {
  readonly name: string;
  /** Name of the results, when it is another: those of one kind of server must not replace those of another. */
  readonly results?: string;
  /** Head of the page. */
  readonly title: string;
  readonly clients: readonly ClientUnderTest<C, W>[];
  readonly workloads: readonly W[];
  /** A server for one run, with what the workload reads. */
  readonly server: (workload: W) => Promise<ServerPlace & AsyncDisposable>;
  /** Name and version of the server. */
  readonly serverVersion: () => Promise<readonly [name: string, version: string]>;
  /** What the project wants to reach. */
  readonly targets: (results: Results) => readonly Target[];
}
