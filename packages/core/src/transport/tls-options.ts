/** Checks TLS options. */

import { isBytes } from '../command/bytes.ts';
import { ArgumentError } from '../errors.ts';
import { type OptionRule, type OptionRules, Rule } from '../options/option-rules.ts';
import type { TlsOptions } from './transport.ts';

/** Node takes a path for a certificate that no server has, so that every handshake fails. */
const PATH = /^\.{0,2}\/|\.(pem|crt|cer|key|pfx|p12)$/;

/** One piece of PEM (or PFX) or a list of them, which is copied. */
const certificates: OptionRule = {
  read: (value, name) => {
    const pieces = Array.isArray(value) ? [...value] : [value];
    if (pieces.length === 0) throw new ArgumentError(`${name}: must not be empty`);
    for (const piece of pieces) checkCertificate(piece, name);
    return Array.isArray(value) ? pieces : value;
  },
};

function checkCertificate(piece: unknown, name: string): void {
  if ((typeof piece !== 'string' && !isBytes(piece)) || piece.length === 0)
    throw new ArgumentError(`${name}: expected text or a Uint8Array that is not empty, or a list of them`);
  if (typeof piece === 'string' && PATH.test(piece))
    throw new ArgumentError(`${name}: expected the content of a file, got its path`);
}

const version = Rule.oneOf(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']);

const RULES = {
  ca: certificates,
  cert: certificates,
  key: certificates,
  pfx: certificates,
  crl: certificates,
  passphrase: Rule.text,
  servername: Rule.word,
  rejectUnauthorized: Rule.boolean,
  checkServerIdentity: Rule.function,
  ciphers: Rule.word,
  minVersion: version,
  maxVersion: version,
} satisfies Record<keyof TlsOptions, OptionRule> & OptionRules;

const fields = Rule.nested(RULES);

/** `true`, `false`, or an object with {@link TlsOptions}; a misspelled `rejectUnauthorised` is refused. */
export const tlsRule: OptionRule = {
  read: (value, name) => {
    if (typeof value === 'boolean') return value;
    if (typeof value !== 'object' || value === null)
      throw new ArgumentError(`${name}: expected true, false or TLS options`);
    return fields.read(value, name);
  },
};
