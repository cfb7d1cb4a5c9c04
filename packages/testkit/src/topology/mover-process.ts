import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endWithUs } from '../child-guard.ts';
import type { Cluster } from './cluster.ts';
import type { MoverOptions, MoverReport } from './mover.ts';
import type { FromMover, ToMover } from './mover-program.ts';

const PROGRAM = fileURLToPath(new URL('./mover-program.ts', import.meta.url));

/**
 * A mover in a process of its own: a client under full load leaves the event loop of this one so little time that only
 * a slot or two would be moved in a second. Resolves when it has begun.
 *
 * @example
 * const mover = await startMoverProcess(cluster, { slots, duration: 8000 });
 * const { moves } = await mover.stop();
 */
export async function startMoverProcess(cluster: Cluster, options: MoverOptions): Promise<MoverProcess> {
  const child = fork(PROGRAM, { execArgv: ['--import', 'tsx', '--conditions=@kv/source'] });
  endWithUs(child);
  const mover = new MoverProcess(child);
  mover.send({ places: cluster.places, options });
  await Promise.race([once(child, 'message'), mover.done]);
  return mover;
}

/** A running mover; see {@link startMoverProcess}. */
export class MoverProcess {
  readonly #child: ChildProcess;
  #report: MoverReport = { moves: 0, interruptions: [], milliseconds: 0 };
  #failure = 'the process of the mover ended';
  #finished = false;
  /** Resolves when no slot is open any more; rejects when a move could not be ended. */
  readonly done: Promise<MoverReport>;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (message) => this.#told(message as FromMover));
    this.done = once(child, 'exit').then(() => {
      if (!this.#finished) throw new Error(this.#failure);
      return this.#report;
    });
    this.done.catch(() => {}); // `stop` tells
  }

  /** What was done so far, as of some milliseconds ago. */
  get report(): MoverReport {
    return this.#report;
  }

  /** Ends the move that is under way and stops; resolves when no slot is open and the process is gone. */
  stop(): Promise<MoverReport> {
    if (this.#child.connected) this.send('stop');
    return this.done;
  }

  /** Tells the process what to do. */
  send(message: ToMover): void {
    this.#child.send(message, () => {}); // it may have ended meanwhile
  }

  #told(message: FromMover): void {
    if ('failure' in message) {
      this.#failure = message.failure;
      return;
    }
    this.#report = message.report;
    this.#finished = message.finished;
  }
}
