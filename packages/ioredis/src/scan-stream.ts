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

type Scan = (this: object, ...args: unknown[]) => Promise<[unknown, unknown[]]>;

/** Gives a class `scanStream`, `hscanStream`, `sscanStream`, `zscanStream` and their Buffer twins. */
export function installStreams(prototype: object): void {
  for (const name of ['scan', 'sscan', 'hscan', 'zscan'])
    for (const twin of ['', 'Buffer']) {
      const value = streamMethod(`${name}${twin}`, name === 'scan' ? 0 : 1);
      const method = `${name}${twin}Stream`;
      Object.defineProperty(prototype, method, { value, configurable: true, writable: true, enumerable: false });
    }
}

/** @param keys how many arguments stand before the options */
function streamMethod(method: string, keys: number): (this: Record<string, Scan>, ...given: unknown[]) => ScanStream {
  return function stream(...given) {
    const scan = this[method] as Scan;
    const options = given[keys] as ScanOptions | undefined;
    return new ScanStream((cursor, more) => scan.call(this, ...given.slice(0, keys), cursor, ...more), options);
  };
}

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
