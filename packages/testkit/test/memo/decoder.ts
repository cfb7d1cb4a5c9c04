/**
 * The replies of Memo, the backend of this folder.
 *
 *     OK            done
 *     NIL           there is none
 *     INT 7         a whole number
 *     DATA 5        a value of 5 bytes follows, and a line end
 *     LIST 2        two of DATA follow
 *     ERR text      a refusal
 */
export interface MemoSink {
  reply(value: 'OK' | null | number | Uint8Array | Uint8Array[]): void;
  refusal(text: string): void;
}

const NEW_LINE = 10;
const LONGEST_LINE = 1000;

/** Bytes to replies. Throws for what is not Memo; it must not be used again then. */
export class MemoDecoder {
  readonly #sink: MemoSink;
  /** What has come and is not read yet, and how many bytes there must be before it is worth looking again. */
  #bytes: Buffer = Buffer.alloc(0);
  #needed = 1;
  readonly #pieces: Uint8Array[] = [];
  #length = 0;
  #list: Uint8Array[] | undefined;
  #missing = 0;

  constructor(sink: MemoSink) {
    this.#sink = sink;
  }

  /** The bytes may change after the call. */
  write(bytes: Uint8Array): void {
    this.#pieces.push(bytes.slice());
    this.#length += bytes.length;
    if (this.#length < this.#needed) return;
    this.#bytes = Buffer.concat(this.#pieces.splice(0));
    this.#needed = 1;
    while (this.#bytes.length >= this.#needed && this.#readOne());
    this.#pieces.push(this.#bytes);
    this.#length = this.#bytes.length;
  }

  /** Whether a reply, or a value of a list, was complete. */
  #readOne(): boolean {
    const end = this.#bytes.indexOf(NEW_LINE);
    if (end < 0) return this.#wait(this.#bytes.length + 1);
    const text = this.#bytes.toString('utf8', 0, end);
    const [, word, rest = ''] = /^([A-Z]+) ?(.*)$/.exec(text) ?? [];
    if (word === 'DATA') return this.#readData(end + 1, wholeNumber(rest));
    this.#bytes = this.#bytes.subarray(end + 1);
    this.#take(word, rest);
    return true;
  }

  #readData(start: number, length: number): boolean {
    const end = start + length;
    if (this.#bytes.length <= end) return this.#wait(end + 1);
    if (this.#bytes[end] !== NEW_LINE) throw new Error('a value is longer than it says');
    this.#value(Uint8Array.from(this.#bytes.subarray(start, end)));
    this.#bytes = this.#bytes.subarray(end + 1);
    return true;
  }

  #wait(needed: number): false {
    this.#needed = needed;
    if (needed === this.#bytes.length + 1 && needed > LONGEST_LINE) throw new Error('a line is too long');
    return false;
  }

  #value(value: Uint8Array): void {
    if (this.#list === undefined) return this.#sink.reply(value);
    this.#list.push(value);
    this.#missing--;
    this.#endList();
  }

  #take(word: string | undefined, rest: string): void {
    if (this.#list !== undefined) throw new Error('a list is shorter than it says');
    if (word === 'OK') this.#sink.reply('OK');
    else if (word === 'NIL') this.#sink.reply(null);
    else if (word === 'INT') this.#sink.reply(wholeNumber(rest));
    else if (word === 'ERR') this.#sink.refusal(rest);
    else if (word === 'LIST') this.#beginList(wholeNumber(rest));
    else throw new Error('no reply begins like this');
  }

  #beginList(length: number): void {
    this.#list = [];
    this.#missing = length;
    this.#endList();
  }

  #endList(): void {
    if (this.#list === undefined || this.#missing > 0) return;
    const list = this.#list;
    this.#list = undefined;
    this.#sink.reply(list);
  }
}

function wholeNumber(text: string): number {
  if (/^-?\d{1,16}$/.test(text)) return Number(text);
  throw new Error('not a whole number');
}
