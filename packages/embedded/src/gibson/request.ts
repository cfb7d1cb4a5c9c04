import { Disconnect } from '../conversation.ts';
import type { InputBuffer } from '../input-buffer.ts';
import type { GibsonLimits } from './limits.ts';

/** One request: `u32 length | u16 opcode | payload`, little-endian; the length covers opcode and payload. */
export interface GibsonRequest {
  readonly opcode: number;
  /** One character per byte. */
  readonly payload: string;
}

const LENGTH_BYTES = 4;
const OPCODE_BYTES = 2;

/** Cuts requests off the input. The server reads the length first and looks at what follows only when it is there. */
export class RequestReader {
  readonly #limits: GibsonLimits;
  #length: number | undefined; // of the request whose length field was read
  #lost = 0; // bytes of that field which came too late

  constructor(limits: GibsonLimits) {
    this.#limits = limits;
  }

  read(input: InputBuffer): GibsonRequest | undefined {
    this.#length ??= this.#readLength(input);
    if (this.#length === undefined || input.length <= this.#lost) return undefined;
    if (this.#length < OPCODE_BYTES || this.#length > this.#limits.maxRequestSize) throw new Disconnect('bad length');
    const end = this.#lost + this.#length;
    if (input.length < end) return undefined;
    const payload = input.text(this.#lost + OPCODE_BYTES, end);
    const request = { opcode: input.uint(this.#lost, OPCODE_BYTES), payload };
    input.consume(end);
    this.#length = undefined;
    this.#lost = 0;
    return request;
  }

  /**
   * A length field that arrives in pieces is the server's worst defect: cut after one byte it hangs (here: the
   * connection closes); cut later, it takes what is there as the length and loses the rest of the field.
   */
  #readLength(input: InputBuffer): number | undefined {
    const arrived = Math.min(input.length, LENGTH_BYTES);
    if (arrived === 0 || (arrived < LENGTH_BYTES && this.#limits.acceptSplitLength)) return undefined;
    if (arrived === 1) throw new Disconnect('split length');
    this.#lost = LENGTH_BYTES - arrived;
    const length = input.uint(0, arrived);
    input.consume(arrived);
    return length;
  }
}
