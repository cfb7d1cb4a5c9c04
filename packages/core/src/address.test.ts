import { expect, test } from 'vitest';
import { withTls } from './address.ts';

const tcp = { host: 'h', port: 1 };
const unix = { path: '/s' };
const own = { connect: () => Promise.reject(new Error('unused')) };
const ca = { ca: 'certificate' };

test.each([
  [tcp, undefined, tcp],
  [tcp, true, { ...tcp, tls: {} }],
  [tcp, ca, { ...tcp, tls: ca }],
  [{ ...tcp, tls: ca }, undefined, { ...tcp, tls: ca }],
  [{ ...tcp, tls: ca }, false, tcp],
  [unix, true, { ...unix, tls: {} }],
  [{ ...unix, tls: ca }, false, unix],
  [own, true, own],
])('%j with the option tls %j is %j', (address, tls, expected) => {
  expect(withTls(address, tls)).toEqual(expected);
});
