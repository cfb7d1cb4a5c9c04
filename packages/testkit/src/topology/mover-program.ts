// The process of `mover-process.ts`: moves slots until it is told to stop, and tells what it has done.
import { Cluster } from './cluster.ts';
import type { NodePlace } from './cluster-node.ts';
import { type Mover, type MoverOptions, type MoverReport, startMover } from './mover.ts';

/** The first message says what to do. */
export type ToMover = { readonly places: readonly NodePlace[]; readonly options: MoverOptions } | 'stop';

/** What was done so far, or why it could not go on. */
export type FromMover = { readonly report: MoverReport; readonly finished: boolean } | { readonly failure: string };

/** Milliseconds between two reports. */
const EVERY = 50;

let mover: Mover | undefined;

function tell(message: FromMover): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, () => resolve());
  });
}

async function run({ places, options }: Exclude<ToMover, 'stop'>): Promise<void> {
  const running = startMover(await Cluster.attach(places), options);
  mover = running;
  const timer = setInterval(() => void tell({ report: running.report, finished: false }), EVERY);
  try {
    const report = await running.done;
    clearInterval(timer);
    await tell({ report, finished: true });
  } catch (error) {
    await tell({ failure: String(error) });
  }
  process.exit();
}

process.on('message', (message: ToMover) => {
  if (message === 'stop') void mover?.stop();
  else void run(message);
});
process.on('disconnect', () => process.exit());
