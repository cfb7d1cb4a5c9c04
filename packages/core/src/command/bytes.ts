/** Bytes of users: recognized and measured by what the language knows of them, not by what their properties say. */

type Getter<T> = (this: unknown) => T;

const typedArray: object = Object.getPrototypeOf(Uint8Array.prototype);
const tag = getterOf<string | undefined>(Symbol.toStringTag);
const byteLength = getterOf<number>('byteLength');
const byteOffset = getterOf<number>('byteOffset');
const buffer = getterOf<ArrayBuffer>('buffer');
const { keys } = Uint8Array.prototype;

function getterOf<T>(name: string | symbol): Getter<T> {
  return Object.getOwnPropertyDescriptor(typedArray, name)?.get as Getter<T>;
}

/**
 * Whether a value is a `Uint8Array` (a `Buffer` is one), also one of another realm: `node:vm`, jsdom, Electron.
 *
 * @example isBytes(Buffer.from('a')) // true
 */
export function isBytes(value: unknown): value is Uint8Array {
  return tag.call(value) === 'Uint8Array';
}

/**
 * The bytes themselves when their properties say what is true. Properties may be laid over an array, by a subclass
 * too: a length that lies would be counted wrong everywhere, so such an array is seen through a plain view.
 */
export function trueBytes(bytes: Uint8Array): Uint8Array {
  const length = byteLength.call(bytes);
  if (bytes.length === length && bytes.byteLength === length) return bytes;
  return new Uint8Array(buffer.call(bytes), byteOffset.call(bytes), length);
}

/** @throws TypeError when the bytes are gone because their buffer was transferred or shrunk: their length is 0 then */
export function checkPresent(bytes: Uint8Array): void {
  keys.call(bytes);
}

/** A copy of the bytes from `start` on. `Buffer.prototype.slice` would give a view of the same memory. */
export function bytesFrom(bytes: Uint8Array, start: number): Uint8Array {
  return new Uint8Array(bytes.subarray(start));
}
