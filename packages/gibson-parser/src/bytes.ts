type Getter<T> = (this: unknown) => T;

const typedArray: object = Object.getPrototypeOf(Uint8Array.prototype);
const tag = getterOf<string | undefined>(Symbol.toStringTag);
const byteLength = getterOf<number>('byteLength');
const { keys } = Uint8Array.prototype;

/** Getters of the language itself: they look at the array and not at properties that somebody laid over them. */
function getterOf<T>(name: string | symbol): Getter<T> {
  return Object.getOwnPropertyDescriptor(typedArray, name)?.get as Getter<T>;
}

/** @returns whether a value is a Uint8Array (a Buffer is one), also one of another realm such as `node:vm` or a frame */
export function isBytes(value: unknown): value is Uint8Array {
  return tag.call(value) === 'Uint8Array';
}

/**
 * How many bytes an array really has, whatever its properties say: a length that lies would put what follows it into
 * another place of the stream.
 * @throws TypeError when it is no typed array, or its bytes are gone because its buffer was transferred or shrunk
 */
export function byteLengthOf(bytes: Uint8Array): number {
  const length = byteLength.call(bytes);
  if (length === 0) keys.call(bytes); // this throws when the bytes are gone
  return length;
}
