import { fromHex } from '@kv/testkit';
import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { clusterVectors } from '../../test/recorded-cluster.ts';
import { keySlot } from './slot.ts';

const encoder = new TextEncoder();
const anyText = fc.string({ unit: 'binary' });

test.each(clusterVectors.slots)('a server puts %j into slot %i [#115]', (key, slot) => {
  expect(keySlot(typeof key === 'string' ? key : fromHex(key.hex))).toBe(slot);
});

it('has the check value of CRC16/XMODEM', () => {
  expect(keySlot('123456789')).toBe(0x31c3 % 16_384);
});

it('puts text and its UTF-8 bytes into the same slot, within the cluster', () => {
  fc.assert(
    fc.property(anyText, (key) => {
      const slot = keySlot(key);
      expect(keySlot(encoder.encode(key))).toBe(slot);
      expect(slot >= 0 && slot < 16_384).toBe(true);
    }),
  );
});

it('puts keys with one hash tag into the slot of the tag, whatever stands around it', () => {
  const plain = anyText.map((text) => text.replaceAll(/[{}]/g, '_'));
  fc.assert(
    fc.property(plain, plain.filter(Boolean), anyText, (before, tag, behind) => {
      expect(keySlot(`${before}{${tag}}${behind}`)).toBe(keySlot(tag));
    }),
  );
});
