import { RespBoundaries } from './resp-boundaries.ts';

const push = (...parts: readonly string[]): Buffer =>
  Buffer.from(`>${parts.length}\r\n${parts.map((part) => `$${part.length}\r\n${part}\r\n`).join('')}`);

/** What servers say without being asked, about things that no client of a model wants. */
const PUSHES: readonly Buffer[] = [
  push('invalidate', 'nothing'),
  push('message', 'a channel of no one', 'text'),
  push('pmessage', 'a pattern*', 'a pattern of no one', 'text'),
  push('smessage', 'a channel of no one', 'text'),
  Buffer.from('>3\r\n$12\r\nsunsubscribe\r\n$19\r\na channel of no one\r\n:0\r\n'),
  Buffer.from('>2\r\n$10\r\ninvalidate\r\n_\r\n'),
  push('of a later version'),
  push('__proto__', 'text'),
];

/** Puts pushes of RESP3 between the replies of one connection, as servers may at any time. */
export class PushInjector {
  readonly #every: number;
  readonly #boundaries = new RespBoundaries();
  #passed = 0;

  /** A push stands behind every so many places where one may stand. */
  constructor(every: number) {
    this.#every = every;
  }

  /** The bytes with pushes in between. */
  with(bytes: Uint8Array): Uint8Array {
    const parts: Uint8Array[] = [];
    let from = 0;
    for (const at of this.#boundaries.in(bytes)) {
      if (++this.#passed % this.#every !== 0) continue;
      parts.push(bytes.subarray(from, at), PUSHES[(this.#passed / this.#every) % PUSHES.length] as Buffer);
      from = at;
    }
    return from === 0 ? bytes : Buffer.concat([...parts, bytes.subarray(from)]);
  }
}
