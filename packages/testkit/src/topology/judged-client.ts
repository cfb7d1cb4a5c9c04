/** The few calls that a judge needs of a client, so that every client can be driven by the same script. */
export interface JudgedClient {
  set(key: string, value: string): Promise<unknown>;
  get(key: string): Promise<string | null>;
  incr(key: string): Promise<unknown>;
  close(): unknown;
  /** Whether a call that was rejected may have run; default: it may, unless the error is a refusal by the cluster. */
  mayHaveRun?(error: unknown): boolean;
}

/** Texts with which a node of a cluster refuses a command: nothing ran then, and no user should see them. */
const REDIRECT = /\b(?:MOVED|ASK) \d+ |\bTRYAGAIN\b|\bCLUSTERDOWN\b/;

/** Whether the error is a refusal by the cluster that a client let through to its user. */
export function isRedirect(error: unknown): boolean {
  return error instanceof Error && REDIRECT.test(error.message);
}

/** Whether the rejected call may have run all the same. */
export function mayHaveRun(client: JudgedClient, error: unknown): boolean {
  return client.mayHaveRun?.(error) ?? !isRedirect(error);
}
