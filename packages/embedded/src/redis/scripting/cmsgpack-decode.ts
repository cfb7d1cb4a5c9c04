import { fail, type LuaValue, listOf } from './lua-values.ts';

/** Reads values of MessagePack from bytes, one per character. */
export class PackReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(text: string, offset = 0) {
    this.#bytes = Buffer.from(text, 'latin1');
    this.#at = offset;
  }

  get offset(): number {
    return this.#at;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  read(): LuaValue {
    const mark = this.#take(1).readUInt8();
    if (mark < 0x80) return mark;
    if (mark >= 0xe0) return mark - 0x100;
    if (mark < 0x90) return this.#map(mark & 0xf);
    if (mark < 0xa0) return this.#list(mark & 0xf);
    if (mark < 0xc0) return this.#text(mark & 0x1f);
    return this.#marked(mark);
  }

  #marked(mark: number): LuaValue {
    switch (mark) {
      case 0xc0:
        return undefined;
      case 0xc2:
      case 0xc3:
        return mark === 0xc3;
      case 0xca:
        return this.#take(4).readFloatBE();
      case 0xcb:
        return this.#take(8).readDoubleBE();
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#text(this.#unsigned(2 ** (mark - 0xc4)));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#unsigned(2 ** (mark - 0xd9)));
      case 0xdc:
      case 0xdd:
        return this.#list(this.#unsigned(2 * (mark - 0xdb)));
      case 0xde:
      case 0xdf:
        return this.#map(this.#unsigned(2 * (mark - 0xdd)));
      default:
        if (mark >= 0xcc && mark <= 0xcf) return this.#unsigned(2 ** (mark - 0xcc));
        if (mark >= 0xd0 && mark <= 0xd3) return this.#signed(2 ** (mark - 0xd0));
        return fail('Bad data format in input.');
    }
  }

  #unsigned(size: number): number {
    const bytes = this.#take(size);
    return size === 8 ? Number(bytes.readBigUInt64BE()) : bytes.readUIntBE(0, size);
  }

  #signed(size: number): number {
    const bytes = this.#take(size);
    return size === 8 ? Number(bytes.readBigInt64BE()) : bytes.readIntBE(0, size);
  }

  #text(size: number): string {
    return this.#take(size).toString('latin1');
  }

  #list(count: number): LuaValue {
    const items: LuaValue[] = [];
    while (items.length < count) items.push(this.read());
    return listOf(items);
  }

  #map(count: number): LuaValue {
    const entries: [LuaValue, LuaValue][] = [];
    while (entries.length < count) entries.push([this.read(), this.read()]);
    return { entries };
  }

  #take(size: number): Buffer {
    const end = this.#at + size;
    if (end > this.#bytes.length) fail('Missing bytes in input.');
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }
}
