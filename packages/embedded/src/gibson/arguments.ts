/**
 * Walks the arguments of a payload. They are separated by one space each and share the key budget: every byte read
 * before the value costs one, separators too, and where the budget ends an argument is cut.
 */
export class Arguments {
  readonly #payload: string;
  #at = 0;
  #budget: number;

  constructor(payload: string, maxKeySize: number) {
    this.#payload = payload;
    this.#budget = maxKeySize;
  }

  /** The bytes up to the next space, the end, or the end of the budget. */
  word(): string {
    const limit = Math.min(this.#payload.length, this.#at + Math.max(0, this.#budget));
    const space = this.#payload.indexOf(' ', this.#at);
    const end = space < 0 || space > limit ? limit : space;
    const word = this.#payload.slice(this.#at, end);
    this.#budget -= word.length + 1;
    this.#at = end + 1;
    return word;
  }

  /** Everything after the last separator; undefined when there was no separator. */
  rest(): string | undefined {
    return this.#at > this.#payload.length ? undefined : this.#payload.slice(this.#at);
  }
}

/** 10^64 is a multiple of 2^64: digits further left do not change a number of 64 bits. */
const DIGITS_THAT_COUNT = 64;

/**
 * A number as the server reads it: a leading zero makes it 0 whatever follows, else an optional minus and digits,
 * wrapping at 64 bits. Undefined: not a number.
 */
export function parseNumber(text: string): bigint | undefined {
  if (text.startsWith('0')) return 0n;
  const match = /^(-?)([0-9]*)$/.exec(text);
  if (match === null || text === '') return undefined;
  const size = BigInt.asIntN(64, BigInt((match[2] as string).slice(-DIGITS_THAT_COUNT)));
  return BigInt.asIntN(64, match[1] === '-' ? -size : size);
}
