import type { BatchTrace } from '../diagnostics.ts';
import type { BatchOf, Identity } from './command-trace.ts';
import { Trace } from './trace.ts';
import { batchTracing } from './tracing-channels.ts';

/** A member of a batch, as its trace reads it. */
export interface TracedMember {
  readonly connection: { readonly setup: { readonly addressText: string } } | null;
}

/** The trace of commands that are sent together. */
export class BatchOperationTrace {
  readonly #trace: Trace<BatchTrace>;

  constructor({ client, backend, address }: Identity, { mode, size }: BatchOf, commands: readonly string[]) {
    this.#trace = new Trace<BatchTrace>(batchTracing, {
      client,
      backend,
      address,
      batchMode: mode,
      batchSize: size,
      commands,
      durationMs: 0,
      error: undefined,
    });
  }

  /** Runs what enters the members: their traces belong to the batch. */
  within(work: () => void): void {
    this.#trace.within(work);
  }

  /** All members have ended. */
  end(members: readonly TracedMember[], error: Error | undefined): void {
    const [first] = members;
    const address = addressOf(first);
    const isOneServer = members.every((member) => addressOf(member) === address);
    if (address !== undefined && isOneServer) this.#trace.message.address = address;
    this.#trace.end(error);
  }
}

function addressOf(member: TracedMember | undefined): string | undefined {
  return member?.connection?.setup.addressText;
}
