/** What a worker measures: one client, connected. Each method is one call of the client's public API. */
export interface BenchClient {
  get(key: string): Promise<unknown>;
  set(key: string, value: string | Buffer): Promise<unknown>;
  mget(keys: string[]): Promise<unknown>;
  lrange(key: string, start: number, stop: number): Promise<unknown>;
  hgetall(key: string): Promise<unknown>;
  close(): Promise<void> | void;
}

/** Where the server of one run listens, and whether values shall come back as bytes. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly bytes: boolean;
}

/** Connects a client; the module of a client is only loaded here, since every client has a process of its own. */
export type OpenClient = (target: Target) => Promise<BenchClient>;
