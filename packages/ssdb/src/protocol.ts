/** SSDB for the engine: an ordered pipeline without a limit, one packet per reply. */
import { type AnyCommand, Flag, type Output, type Protocol, ProtocolError, type ReplySink, type Wire } from '@kv/core';
import { appendCommand, commandHead, Decoder, type Limits, type Reply } from '@kv/ssdb-parser';
import { commandByName } from './command-table.ts';
import { ping } from './commands/server.ts';
import { replyError } from './errors.ts';
import { handshake, type Password } from './handshake.ts';
import { isSyncFrame } from './streams.ts';

/** What the protocol needs of a user's options. */
export interface ProtocolSettings {
  readonly password?: Password | undefined;
  readonly limits?: Limits | undefined;
}

/** The protocol with a user's password and limits. */
export function ssdbProtocol({ password, limits }: ProtocolSettings = {}): Protocol {
  return {
    name: 'ssdb',
    defaultPort: 8888,
    window: { commands: Number.POSITIVE_INFINITY, refill: 'sliding' },
    ping: ping(),
    command: commandByName,
    encode,
    open: (sink) => openWire(sink, password, limits),
  };
}

function encode({ spec, args }: AnyCommand, out: Output): void {
  let head = spec.heads[0];
  if (head === undefined) {
    head = commandHead(spec.name);
    spec.heads[0] = head;
  }
  appendCommand(out, head, args);
}

function openWire(sink: ReplySink, password: Password | undefined, limits: Limits | undefined): Wire {
  const decoder = new Decoder({ bytes: () => wantsBytes(sink), reply: (reply) => deliver(sink, reply) }, limits);
  return {
    decode: (bytes) => decoder.write(bytes),
    handshake: (send) => handshake(send, password),
  };
}

/** Frames of streams hold the storage's own keys, which are never text. */
function wantsBytes(sink: ReplySink): boolean {
  const head = sink.head();
  return head !== undefined && (head.bytes || (head.command.flags & Flag.stream) !== 0);
}

function deliver(sink: ReplySink, reply: Reply): void {
  if (reply.status === 'ok' || reply.status === 'not_found') return sink.reply(reply);
  const head = sink.head();
  if (head === undefined) throw new ProtocolError('A reply came that nothing had been sent for');
  if ((head.command.flags & Flag.stream) !== 0 && deliverFrame(sink, reply)) return;
  sink.fail(replyError(reply) as Error);
}

/** A packet of `dump` or `sync140`; false when it is none of theirs. */
function deliverFrame(sink: ReplySink, reply: Reply): boolean {
  const { status } = reply;
  if (status === 'end') sink.reply(reply);
  else if (status === 'set' || isSyncFrame(status)) sink.push(reply);
  else return status === 'begin';
  return true;
}
