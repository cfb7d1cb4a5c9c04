import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputBuffer } from './input-buffer.ts';

test('holds exactly the bytes that were appended and not consumed', () => {
  const steps = fc.array(fc.oneof(fc.uint8Array({ maxLength: 3000 }), fc.nat(3000)), { maxLength: 40 });
  fc.assert(
    fc.property(steps, (actions) => {
      const input = new InputBuffer();
      let model = Buffer.alloc(0);
      for (const action of actions) {
        if (typeof action === 'number') {
          const count = Math.min(action, model.length);
          input.consume(count);
          model = model.subarray(count);
        } else {
          input.append(action);
          model = Buffer.concat([model, action]);
        }
        expect(input.length).toBe(model.length);
        expect(input.text(0, input.length)).toBe(model.toString('latin1'));
        expect(input.indexOf(10, 1)).toBe(model.indexOf(10, 1));
        expect(input.at(2)).toBe(model[2] ?? -1);
      }
    }),
  );
});
