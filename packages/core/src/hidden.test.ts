import { expect, it } from 'vitest';
import { setHidden } from './index.ts';

it('a hidden field is reached through proxies and heirs, and is not listed', () => {
  const object = {} as { secret: string };
  setHidden(object, 'secret', 'x');
  expect([new Proxy(object, {}).secret, Object.create(object).secret]).toEqual(['x', 'x']);
  expect([Object.keys(object), JSON.stringify(object)]).toEqual([[], '{}']);
});
