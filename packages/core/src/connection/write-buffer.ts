import { checkPresent } from '../command/bytes.ts';
import type { Arg } from '../command/command.ts';
import { encodeText } from '../transport/text-blocks.ts';
import type { Output } from './protocol.ts';

/** Collects encoded commands: text as long as it lasts, bytes between. What it took is handed over by `take`. */
export class WriteBuffer implements Output {
  text = '';
  #chunks: Arg[] = [];
  #length = 0;
  #markedChunks = 0;
  #markedLength = 0;
  #markedText = '';

  /** @throws TypeError when the bytes are gone */
  bytes(bytes: Uint8Array): void {
    if (bytes.length === 0) checkPresent(bytes);
    this.#closeText();
    this.#chunks.push(bytes);
    this.#length += bytes.length;
  }

  encode(text: string): readonly Uint8Array[] {
    return encodeText(text);
  }

  /** About how much is in it: characters of text plus bytes. */
  get length(): number {
    return this.#length + this.text.length;
  }

  /** Remembers this point: {@link rollback} comes back to it when encoding a command failed half-way. */
  mark(): void {
    this.#markedChunks = this.#chunks.length;
    this.#markedLength = this.#length;
    this.#markedText = this.text;
  }

  /** Forgets everything since the mark. Text closed since then is opened again. */
  rollback(): void {
    this.#chunks.length = this.#markedChunks;
    this.#length = this.#markedLength;
    this.text = this.#markedText;
  }

  take(): Arg[] {
    this.#closeText();
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#length = 0;
    this.#markedText = ''; // what was written must not stay in memory
    return chunks;
  }

  #closeText(): void {
    if (this.text === '') return;
    this.#length += this.text.length;
    this.#chunks.push(this.text);
    this.text = '';
  }
}
