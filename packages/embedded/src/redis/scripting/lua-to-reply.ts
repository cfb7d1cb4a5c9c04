import { array, bulk, errorReply, integer, type Notation, status } from '../replies.ts';
import type { LuaVm } from './lua-vm.ts';

const ROOM = 4;
/** Deeper tables, and those that hold themselves, end in an error; the server has another limit, of the same kind. */
const DEEPEST = 1000;

/** Takes the value on top of the stack, as the reply that the server makes of what a script returns. */
export class ReplyMaker {
  readonly #vm: LuaVm;
  readonly #wire: Notation;
  /** `redis.setresp(3)` was called: true and false are kept. */
  readonly #booleans: boolean;
  #depth = 0;

  constructor(vm: LuaVm, wire: Notation, booleans: boolean) {
    this.#vm = vm;
    this.#wire = wire;
    this.#booleans = booleans;
  }

  take(): string {
    const vm = this.#vm;
    this.#depth += 1;
    const isTooDeep = this.#depth > DEEPEST || !vm.reserve(ROOM);
    const reply = isTooDeep ? errorReply('ERR reached lua stack limit') : this.#replyOf(vm.type(-1));
    this.#depth -= 1;
    vm.pop();
    return reply;
  }

  #replyOf(type: string): string {
    const vm = this.#vm;
    switch (type) {
      case 'string':
        return bulk(vm.text(-1) ?? '');
      case 'number':
        return integer(whole(vm.number(-1)));
      case 'boolean':
        return this.#boolean(vm.boolean(-1));
      case 'table':
        return this.#table();
      default:
        return this.#wire.nil;
    }
  }

  #boolean(value: boolean): string {
    if (!this.#booleans) return value ? integer(1) : this.#wire.nil;
    if (this.#wire.version === 3) return value ? '#t\r\n' : '#f\r\n';
    return integer(value ? 1 : 0);
  }

  #table(): string {
    const wire = this.#wire;
    return (
      this.#field('err', 'string', () => errorReply(this.#line())) ??
      this.#field('ok', 'string', () => status(this.#line())) ??
      this.#field('double', 'number', () => wire.double(this.#vm.number(-1))) ??
      this.#field('map', 'table', () => wire.map(this.#pairs().flat())) ??
      this.#field('set', 'table', () => wire.set(this.#pairs().map(([key]) => key))) ??
      this.#field('big_number', 'string', () => (wire.version === 3 ? `(${this.#line()}\r\n` : bulk(this.#line()))) ??
      this.#field('verbatim_string', 'table', () => this.#verbatim()) ??
      this.#list()
    );
  }

  /** What a field of that type says; undefined: there is none. */
  #field(name: string, type: string, reply: () => string): string | undefined {
    this.#vm.getField(name);
    const found = this.#vm.type(-1) === type ? reply() : undefined;
    this.#vm.pop();
    return found;
  }

  /** A text without line ends. */
  #line(): string {
    return (this.#vm.text(-1) ?? '').replaceAll(/[\r\n]/g, ' ');
  }

  #pairs(): [key: string, value: string][] {
    const pairs: [string, string][] = [];
    const at = this.#vm.top;
    this.#vm.pushNil();
    while (this.#vm.next(at)) {
      const value = this.take();
      this.#vm.pushCopy();
      pairs.push([this.take(), value]);
    }
    return pairs;
  }

  #verbatim(): string {
    const [text, format] = ['string', 'format'].map((name) =>
      this.#field(name, 'string', () => this.#vm.text(-1) ?? ''),
    );
    if (text === undefined || format === undefined) return array([]);
    if (this.#wire.version === 2) return bulk(text);
    return `=${text.length + 4}\r\n${`${format}   `.slice(0, 3)}:${text}\r\n`;
  }

  /** Items up to the first nil. */
  #list(): string {
    const items: string[] = [];
    for (;;) {
      this.#vm.getItem(items.length + 1);
      if (this.#vm.type(-1) === 'nil') break;
      items.push(this.take());
    }
    this.#vm.pop();
    return array(items);
  }
}

const LEAST = -(2n ** 63n);

/** A number as C cuts it to 64 bits. */
function whole(value: number): number | bigint {
  if (Number.isSafeInteger(value)) return value;
  if (!Number.isFinite(value) || Math.abs(value) >= 2 ** 63) return LEAST;
  return BigInt(Math.trunc(value));
}
