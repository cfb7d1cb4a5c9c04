import { decodeJson } from './cjson-decode.ts';
import { type CjsonSettings, encodeJson } from './cjson-encode.ts';
import { badArgument, fail, type LuaValue, NULL, numberArgument, textArgument } from './lua-values.ts';
import type { LuaFunction, LuaVm } from './lua-vm.ts';

function expectOne(args: readonly LuaValue[], name: string): void {
  if (args.length !== 1) badArgument(1, name, 'expected 1 argument');
}

/** Reads or sets a whole number of the settings. */
function setting(
  field: 'encodeDepth' | 'decodeDepth' | 'precision',
  [least, most]: readonly [number, number],
): LuaFunction {
  return (args, vm) => {
    const settings = settingsOf(vm);
    if (args.length > 1) fail('found too many arguments');
    if (args.length === 1) {
      const value = Math.trunc(numberArgument(args, 0, field));
      if (value < least || value > most) badArgument(1, field, `expected integer between ${least} and ${most}`);
      settings[field] = value;
    }
    return [settings[field]];
  };
}

const sparse: LuaFunction = (args, vm) => {
  const settings = settingsOf(vm);
  if (typeof args[0] === 'boolean') settings.convertSparse = args[0];
  if (args.length > 1) settings.ratio = numberArgument(args, 1, 'encode_sparse_array');
  if (args.length > 2) settings.safe = numberArgument(args, 2, 'encode_sparse_array');
  return [settings.convertSparse, settings.ratio, settings.safe];
};

function initialSettings(): CjsonSettings {
  return {
    convertSparse: false,
    ratio: 2,
    safe: 10,
    encodeDepth: 1000,
    decodeDepth: 1000,
    precision: 14,
    encodeInvalid: false,
    decodeInvalid: true,
  };
}

const settingsByVm = new WeakMap<LuaVm, CjsonSettings>();

/** A script may change them for all that follow. */
function settingsOf(vm: LuaVm): CjsonSettings {
  const settings = settingsByVm.get(vm) ?? initialSettings();
  settingsByVm.set(vm, settings);
  return settings;
}

/** The library `cjson`. */
export const cjsonLibrary: Readonly<Record<string, LuaFunction | LuaValue>> = {
  _NAME: 'cjson',
  _VERSION: '2.1.0',
  null: NULL,
  encode: (args, vm) => {
    expectOne(args, 'encode');
    return [encodeJson(args[0], settingsOf(vm))];
  },
  decode: (args, vm) => {
    expectOne(args, 'decode');
    const { decodeDepth, decodeInvalid } = settingsOf(vm);
    return [decodeJson(textArgument(args, 0, 'decode'), decodeDepth, decodeInvalid)];
  },
  encode_sparse_array: sparse,
  encode_max_depth: setting('encodeDepth', [1, 2 ** 31 - 1]),
  decode_max_depth: setting('decodeDepth', [1, 2 ** 31 - 1]),
  encode_number_precision: setting('precision', [1, 14]),
  encode_keep_buffer: ([keep = true]) => [keep],
  encode_invalid_numbers: ([mode], vm) => {
    const settings = settingsOf(vm);
    if (typeof mode === 'boolean' || mode === 'null') settings.encodeInvalid = mode;
    return [settings.encodeInvalid];
  },
  decode_invalid_numbers: ([mode], vm) => {
    const settings = settingsOf(vm);
    if (typeof mode === 'boolean') settings.decodeInvalid = mode;
    return [settings.decodeInvalid];
  },
};
