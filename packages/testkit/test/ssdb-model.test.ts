import { test } from 'vitest';
import { expectEnough } from './expect-enough.ts';
import { portions } from './model-portions.ts';

// Every promise settles, no reply goes astray, nothing runs twice.
test('pain 1, pain 2, pain 4: SSDB: 200,000 operations under 2,000 faults keep every promise', async () => {
  expectEnough(await portions.ssdb(1));
}, 400_000);
