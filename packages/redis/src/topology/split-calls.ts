import {
  type AnyCommand,
  type Arg,
  Command,
  isMarkedBulk,
  markBulk,
  type Request,
  type RouterHost,
  repliesOf,
  splitRequest,
} from '@kv/core';
import { keptOf } from '../protocol/kept-replies.ts';
import { mergeParts, type SplitPart, splitBySlot } from './split.ts';

/** Commands that may be asked key by key when only some of their keys have moved. */
const BY_KEY: ReadonlySet<string> = new Set(['MGET', 'EXISTS', 'TOUCH', 'DEL', 'UNLINK']);

/** Gives a request to the server that has a slot. */
export type SendToSlot = (request: Request, slot: number) => void;

/** Sends one call as several commands, one per slot or one per key, and puts their replies together. */
export class SplitCalls {
  readonly #host: RouterHost;
  readonly #send: SendToSlot;

  constructor(host: RouterHost, send: SendToSlot) {
    this.#host = host;
    this.#send = send;
  }

  /** Sends one command per slot. Returns whether the command can be split. */
  bySlot(request: Request): boolean {
    const parts = splitBySlot(request.command);
    if (parts === undefined) return false;
    this.#split(request, parts);
    return true;
  }

  /** Sends one command per key, all to the slot of the request. Returns whether the command can be split so. */
  byKey(request: Request): boolean {
    if (!BY_KEY.has(request.command.spec.name)) return false;
    let next = 0;
    const parts = splitBySlot(request.command, () => next++);
    if (parts === undefined) return false;
    this.#split(
      request,
      parts.map((part) => ({ ...part, slot: request.part })),
    );
    return true;
  }

  #split(request: Request, parts: readonly SplitPart[]): void {
    const { name } = request.command.spec;
    const requests = parts.map(({ args, positions, slot }) => ({
      request: partOf(this.#host, request, args, positions),
      keys: positions,
      slot,
    }));
    splitRequest(request, requests, (results) => mergeParts(name, parts, repliesOf(name, requests, results)));
    for (const part of requests) this.#send(part.request, part.slot);
  }
}

/** A request for a part of another: the same command with these arguments, whose reply stays as it is on the wire. */
export function partOf(
  host: RouterHost,
  request: Request,
  args: readonly Arg[],
  positions: readonly number[] = [],
): Request {
  const { spec, flags } = request.command;
  const command: AnyCommand =
    keptOf(request.command)?.part?.(args, positions) ?? new Command(spec, args, (raw) => raw, flags);
  const part = host.request(command, request.bytes, request.retry);
  part.route = request.route;
  if (isMarkedBulk(request)) markBulk(part);
  return part;
}
