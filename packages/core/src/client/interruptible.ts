import { setHidden } from '../hidden.ts';

/**
 * An async generator that can be left while it waits: `return()`, also that of `await using`, would otherwise take effect
 * when the `next()` under way has its value. @param begin makes it; `left` resolves when it is left
 */
export function interruptible<T>(
  begin: (left: Promise<void>) => AsyncGenerator<T, void, undefined>,
): AsyncGenerator<T, void, undefined> {
  let leave = (): void => undefined;
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const generator = begin(left);
  const { return: finish } = generator;
  setHidden(generator, 'return', (value: undefined) => {
    leave();
    return finish.call(generator, value);
  });
  return generator;
}
