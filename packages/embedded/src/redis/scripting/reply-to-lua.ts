import type { LuaVm } from './lua-vm.ts';

/** Pushes a reply, as bytes of the protocol, as the value that scripts get for it. */
export function pushReply(vm: LuaVm, text: string): void {
  new ReplyPusher(vm, text).push();
}

class ReplyPusher {
  readonly #vm: LuaVm;
  readonly #text: string;
  #at = 0;

  constructor(vm: LuaVm, text: string) {
    this.#vm = vm;
    this.#text = text;
  }

  push(): void {
    const vm = this.#vm;
    vm.reserve(6);
    const type = this.#text.charAt(this.#at);
    const head = this.#line();
    switch (type) {
      case '+':
        return this.#field('ok', () => vm.pushText(head));
      case '-':
        return this.#field('err', () => vm.pushText(head));
      case ':':
        return vm.pushNumber(Number(head));
      case '$':
        return head === '-1' ? vm.pushBoolean(false) : vm.pushText(this.#bytes(Number(head)));
      case '*':
        return head === '-1' ? vm.pushBoolean(false) : this.#list(Number(head));
      case '_':
        return vm.pushNil();
      case '#':
        return vm.pushBoolean(head === 't');
      case ',':
        return this.#field('double', () => vm.pushNumber(double(head)));
      case '(':
        return this.#field('big_number', () => vm.pushText(head));
      case '%':
        return this.#field('map', () => this.#map(Number(head)));
      case '~':
        return this.#field('set', () => this.#set(Number(head)));
      default:
        return this.#verbatim(Number(head));
    }
  }

  #list(count: number): void {
    this.#vm.pushTable(count);
    for (let n = 1; n <= count; n += 1) {
      this.push();
      this.#vm.setItem(n);
    }
  }

  #map(count: number): void {
    this.#vm.pushTable(0, count);
    for (let n = 0; n < count; n += 1) {
      this.push();
      this.push();
      this.#vm.setEntry();
    }
  }

  #set(count: number): void {
    this.#vm.pushTable(0, count);
    for (let n = 0; n < count; n += 1) {
      this.push();
      this.#vm.pushBoolean(true);
      this.#vm.setEntry();
    }
  }

  #verbatim(size: number): void {
    const text = this.#bytes(size);
    this.#field('verbatim_string', () => {
      this.#vm.pushTable(0, 2);
      this.#vm.pushText(text.slice(4));
      this.#vm.setField('string');
      this.#vm.pushText(text.slice(0, 3));
      this.#vm.setField('format');
    });
  }

  /** A table with one field. */
  #field(name: string, push: () => void): void {
    this.#vm.pushTable(0, 1);
    push();
    this.#vm.setField(name);
  }

  #line(): string {
    const end = this.#text.indexOf('\r\n', this.#at);
    const line = this.#text.slice(this.#at + 1, end);
    this.#at = end + 2;
    return line;
  }

  #bytes(size: number): string {
    const text = this.#text.slice(this.#at, this.#at + size);
    this.#at += size + 2;
    return text;
  }
}

function double(text: string): number {
  if (text === 'inf') return Number.POSITIVE_INFINITY;
  return text === '-inf' ? Number.NEGATIVE_INFINITY : Number(text);
}
