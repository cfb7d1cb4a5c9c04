/** An aggregate whose elements are still coming. */
interface Open {
  left: number;
  readonly isArray: boolean;
}

const LINE_FEED = 10;
/** Types whose length is that of bytes that follow. */
const BULK = '$=!';
/** Types whose length counts elements; of maps it counts pairs. */
const AGGREGATE = '*~>%|';

/**
 * Finds where a server may put a push between its replies: behind each reply, and between the elements of a reply that is
 * an array. Not before the reply to HELLO 3, a map: earlier there are no pushes.
 */
export class RespBoundaries {
  #header = '';
  /** Bytes of a bulk string that are still to come, with its line end. */
  #bulk = 0;
  readonly #open: Open[] = [];
  #isResp3 = false;

  /** Offsets in `bytes` behind which a push may stand. */
  in(bytes: Uint8Array): number[] {
    const found: number[] = [];
    for (let at = 0; at < bytes.length; ) {
      if (this.#bulk > 0) {
        const taken = Math.min(this.#bulk, bytes.length - at);
        this.#bulk -= taken;
        at += taken;
        if (this.#bulk === 0 && this.#ended()) found.push(at);
      } else if (this.#took(bytes[at++] as number)) found.push(at);
    }
    return found;
  }

  /** Takes a byte of a header. Returns whether a push may follow. */
  #took(byte: number): boolean {
    if (byte !== LINE_FEED) {
      this.#header += String.fromCharCode(byte);
      return false;
    }
    const [type, length] = [this.#header.charAt(0), Number(this.#header.slice(1))];
    this.#header = '';
    if (BULK.includes(type) && length >= 0) this.#bulk = length + 2;
    else if (AGGREGATE.includes(type) && length > 0) this.#began(type, length);
    else return this.#ended();
    return false;
  }

  #began(type: string, length: number): void {
    if (type === '%' && this.#open.length === 0) this.#isResp3 = true;
    this.#open.push({ left: type === '%' || type === '|' ? length * 2 : length, isArray: type === '*' });
  }

  /** An element, or a whole reply, is complete. Returns whether a push may follow. */
  #ended(): boolean {
    for (let top = this.#open.at(-1); top !== undefined; top = this.#open.at(-1)) {
      if (--top.left > 0) break;
      this.#open.pop();
    }
    return this.#isResp3 && (this.#open.length === 0 || (this.#open.length === 1 && this.#open[0]?.isArray === true));
  }
}
