import type { CommandTrace } from '../diagnostics.ts';
import { Trace, type Writable } from './trace.ts';
import { commandTracing } from './tracing-channels.ts';

/** The client that traces belong to. */
export interface Identity {
  readonly client: string;
  readonly backend: string;
  readonly address: string;
}

/** How a client is named in diagnostics. */
export function identityOf(setup: {
  readonly name: string;
  readonly protocol: { readonly name: string };
  readonly addressText: string;
}): Identity {
  return { client: setup.name, backend: setup.protocol.name, address: setup.addressText };
}

/** What a trace reads of the request that it is about. */
export interface TracedRequest {
  readonly attempts: number;
  readonly redirects: number;
  /** Where it was written. */
  readonly connection: {
    readonly setup: { readonly addressText: string };
    readonly wire: { readonly db?: number | undefined };
  } | null;
}

/** What a request tells the trace that it belongs to, once: it has ended. */
export interface RequestTrace {
  closed(request: TracedRequest, error: Error | undefined): void;
}

/** The batch that a command is a member of. */
export interface BatchOf {
  readonly mode: 'pipeline' | 'multi';
  readonly size: number;
}

/** The trace of a call that is one request. */
export class OneRequestTrace extends Trace<CommandTrace> implements RequestTrace {
  constructor(identity: Identity, command: string, batch: BatchOf | undefined) {
    super(commandTracing, messageOf(identity, command, batch));
  }

  closed(request: TracedRequest, error: Error | undefined): void {
    note(this.message, request);
    this.end(error);
  }
}

/**
 * Traces a call that is several requests, one after the other, as one command. They tell the trace that `run` gets; it
 * gets none while nothing listens.
 */
export function traced<T>(
  identity: Identity,
  command: string,
  run: (trace: RequestTrace | undefined) => Promise<T>,
): Promise<T> {
  return commandTracing.hasSubscribers ? tracedCall(identity, command, run) : run(undefined);
}

async function tracedCall<T>(
  identity: Identity,
  command: string,
  run: (trace: RequestTrace) => Promise<T>,
): Promise<T> {
  const trace = new Trace<CommandTrace>(commandTracing, messageOf(identity, command, undefined));
  try {
    const value = await run({ closed: (request) => note(trace.message, request) });
    trace.end(undefined);
    return value;
  } catch (error) {
    trace.end(error as Error);
    throw error;
  }
}

function messageOf(
  { client, backend, address }: Identity,
  command: string,
  batch: BatchOf | undefined,
): Writable<CommandTrace> {
  return {
    client,
    command,
    backend,
    address,
    attempt: 0,
    redirects: 0,
    database: undefined,
    batchMode: batch?.mode,
    batchSize: batch?.size,
    durationMs: 0,
    error: undefined,
  };
}

/** What is known of a command when it has ended. */
function note(message: Writable<CommandTrace>, { attempts, redirects, connection }: TracedRequest): void {
  message.attempt += attempts;
  message.redirects += redirects;
  if (connection === null) return;
  message.address = connection.setup.addressText;
  message.database = connection.wire.db;
}
