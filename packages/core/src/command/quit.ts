import type { AnyCommand } from './command.ts';
import { Flag } from './command.ts';

/** Whether a command would end its connection (QUIT, END). It means `close()` here, and is never sent. */
export function isQuit({ flags }: AnyCommand): boolean {
  return (flags & Flag.quit) !== 0;
}

/** The answer to such a command, once what it means is done. */
export async function quitAnswer<T>(closed: Promise<void>): Promise<T> {
  await closed;
  return 'OK' as T;
}
