import { expect, test } from 'vitest';
import { wireName } from './wire-name.ts';

test.each([
  ['get', 'get'],
  ['multiGet', 'multi_get'],
  ['delDenyIp', 'del_deny_ip'],
])('the command of the method %s is %s on the wire', (method, name) => {
  expect(wireName(method)).toBe(name);
});
