import type { AnyCommand } from '../command/command.ts';
import { Flag } from '../command/command.ts';
import { ProtocolError } from '../errors.ts';
import type { Request } from '../request/request.ts';
import { Ring } from '../request/ring.ts';
import type { Window } from './protocol.ts';

/** How many requests may have ended for their callers while their replies are pending: each keeps about 400 bytes. */
const MAX_ABANDONED = 65_536;

/** Something that waits until so many requests have been answered. */
interface Mark {
  readonly at: number;
  readonly done: () => void;
}

/**
 * What was written on one connection and has no reply yet, oldest first. A request that ended for its caller keeps its
 * place until its reply comes, which is discarded then.
 */
export class InFlight extends Ring<Request> {
  /** When the latest request that is answered was written, in ms of the client's clock. */
  answeredWrittenAt = 0;
  /** How many are in it only for a reply that is discarded. */
  abandoned = 0;
  /** Whether a request may have to wait for the replies of others before it is written. */
  readonly isLimited: boolean;
  readonly #window: Window;
  #bytes = 0;
  #answered = 0;
  #marks: Mark[] | undefined;

  constructor(window: Window) {
    super();
    this.#window = window;
    const { commands, bytes, refill } = window;
    this.isLimited = commands !== Number.POSITIVE_INFINITY || bytes !== undefined || refill === 'empty';
  }

  /** Whether the window has room for a command. One that is larger than the window goes alone. */
  fits(command: AnyCommand): boolean {
    const { commands, bytes } = this.#window;
    const { length } = this;
    if (length >= commands) return false;
    return bytes === undefined || length === 0 || this.#bytes + weight(command) <= bytes;
  }

  /** Adds a request that was written. */
  add(request: Request): void {
    request.tracker.written(request);
    if (this.#window.bytes !== undefined) this.#bytes += request.size = weight(request.command);
    this.push(request);
  }

  /**
   * The oldest request is answered. Returns it, or `undefined` when it has ended before.
   *
   * @throws ProtocolError when nothing was sent that this could be the reply of
   */
  answered(): Request | undefined {
    const request = this.shift();
    if (request === undefined) throw new ProtocolError('Received a reply with no pending command');
    this.#answered++;
    this.#bytes -= request.size;
    this.answeredWrittenAt = request.writtenAt;
    if (!request.settled) return request;
    this.abandoned--;
    return undefined;
  }

  /** A request ended for its caller before its reply came. Returns why that is one too many, or `undefined`. */
  abandon(): string | undefined {
    const count = ++this.abandoned;
    if (count >= this.#window.commands) return 'no reply to any command in its window';
    return count >= MAX_ABANDONED ? `too many abandoned requests (${count})` : undefined;
  }

  /** All that is in it, oldest first. */
  pending(): Request[] {
    const pending: Request[] = [];
    this.forEach((request) => {
      pending.push(request);
    });
    return pending;
  }

  /** Whether a caller waits for a reply that may take its time. A change of what is pushed is confirmed at once. */
  get hasPendingReplies(): boolean {
    return this.#some(({ settled, command }) => !settled && (command.flags & Flag.subscription) === 0);
  }

  /** Whether a caller still waits for the reply to something that was written before this time. */
  isAwaitedSince(time: number): boolean {
    const { subscription } = Flag;
    return this.#some(
      ({ settled, command, writtenAt }) => !settled && writtenAt < time && (command.flags & subscription) === 0,
    );
  }

  /** Whether one of them changes the state of the connection. */
  get changesState(): boolean {
    return this.#some(({ command }) => (command.flags & Flag.stateful) !== 0);
  }

  /** Whether the next bytes should be a reply: a command that answers with frames may be silent. */
  get isReplyDue(): boolean {
    const head = this.peek();
    return head !== undefined && (head.command.flags & Flag.stream) === 0;
  }

  /**
   * Calls back when everything that is in it now has been answered, see {@link passMarks}; at once if it is empty.
   *
   * @param because the request for which this is asked: if it is not among them, at once, too
   */
  mark(done: () => void, because?: Request): void {
    if (this.length === 0 || (because !== undefined && !this.includes(because))) done();
    else this.#pushMark({ at: this.#answered + this.length, done });
  }

  #pushMark(mark: Mark): void {
    this.#marks ??= [];
    this.#marks.push(mark);
  }

  /** Calls back for the marks that are reached: at the end of a read. */
  passMarks(): void {
    const marks = this.#marks;
    if (marks === undefined) return;
    while (marks.length > 0 && (marks[0] as Mark).at <= this.#answered) marks.shift()?.done();
  }

  /** Calls back for all marks: no reply comes any more. */
  dropMarks(): void {
    for (const { done } of this.#marks?.splice(0) ?? []) done();
  }

  #some(wanted: (request: Request) => boolean): boolean {
    let found = false;
    this.forEach((request) => {
      if (wanted(request)) found = true;
    });
    return found;
  }
}

/** About how many bytes a command takes on the wire. */
function weight(command: AnyCommand): number {
  let bytes = 16;
  for (const arg of command.args) bytes += arg.length + 1;
  return bytes;
}
