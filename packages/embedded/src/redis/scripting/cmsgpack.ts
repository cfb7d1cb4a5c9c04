import { PackReader } from './cmsgpack-decode.ts';
import { DEEPEST, packValue } from './cmsgpack-encode.ts';
import { badArgument, fail, type LuaValue, numberArgument, textArgument } from './lua-values.ts';
import { cutAt, type LuaFunction } from './lua-vm.ts';

/** At most so many values from an offset on; then the next offset, -1 at the end, comes first. */
function unpackSome(text: string, limit: number, offset: number): LuaValue[] {
  if (offset < 0 || limit < 0) {
    fail(`Invalid request to unpack with offset of ${offset} and limit of ${limit}.`);
  }
  if (offset > text.length) fail(`Start offset ${offset} greater than input length ${text.length}.`);
  const reader = new PackReader(text, offset);
  const values: LuaValue[] = [];
  while (!reader.atEnd && values.length < limit) values.push(reader.read());
  return [reader.atEnd ? -1 : reader.offset, ...values];
}

function unpackAll(text: string): LuaValue[] {
  const reader = new PackReader(text);
  const values: LuaValue[] = [];
  while (!reader.atEnd) values.push(reader.read());
  return values;
}

const pack: LuaFunction = (args) => {
  if (args.length === 0) badArgument(0, 'pack', 'MessagePack pack needs input.');
  return [args.map((value) => packValue(value)).join('')];
};

/** The library `cmsgpack`. */
export const cmsgpackLibrary: Readonly<Record<string, LuaFunction | LuaValue>> = {
  _NAME: 'cmsgpack',
  _VERSION: 'lua-cmsgpack 0.4.0',
  pack: cutAt(DEEPEST, pack),
  unpack: (args) => unpackAll(textArgument(args, 0, 'unpack')),
  unpack_one: (args) =>
    unpackSome(textArgument(args, 0, 'unpack_one'), 1, Math.trunc(numberArgument(args, 1, 'unpack_one', 0))),
  unpack_limit: (args) =>
    unpackSome(
      textArgument(args, 0, 'unpack_limit'),
      Math.trunc(numberArgument(args, 1, 'unpack_limit')),
      Math.trunc(numberArgument(args, 2, 'unpack_limit', 0)),
    ),
};
