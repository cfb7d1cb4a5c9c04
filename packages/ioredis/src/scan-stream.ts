import { Readable } from 'node:stream';

/** What a {@link ScanStream} reads. */
export interface ScanOptions {
  readonly match?: string | undefined;
  readonly count?: number | string | undefined;
  readonly type?: string | undefined;
  /** HSCAN without the values. */
  readonly noValues?: boolean | undefined;
  readonly objectMode?: boolean | undefined;
  readonly highWaterMark?: number | undefined;
}

/** Asks for one page: the next cursor, and what is on it. */
export type Page = (cursor: string, options: readonly (string | number)[]) => Promise<[unknown, unknown[]]>;

/** A stream of pages: each piece of data is the list that one SCAN has answered. */
export class ScanStream extends Readable {
  readonly #page: Page;
  readonly #options: readonly (string | number)[];
  #cursor = '0';
  #ended = false;

  /** @param page sends the command that scans */
  constructor(page: Page, { match, count, type, noValues, ...stream }: ScanOptions = {}) {
    super({ highWaterMark: stream.highWaterMark, objectMode: true });
    this.#page = page;
    const pairs = Object.entries({ MATCH: match, TYPE: type, COUNT: count });
    const options = pairs.flatMap(([name, value]) => (value === undefined ? [] : [name, value]));
    this.#options = noValues === true ? [...options, 'NOVALUES'] : options;
  }

  /** Asks for the next page. */
  override _read(): void {
    if (this.#ended) return void this.push(null);
    this.#page(this.#cursor, this.#options).then(
      ([cursor, items]) => {
        this.#cursor = String(cursor);
        if (this.#cursor === '0') this.#ended = true;
        this.push(items);
      },
      (error: Error) => this.destroy(error),
    );
  }

  /** No more pages are read. */
  close(): void {
    this.#ended = true;
  }
}
