/** What a run of jobs has seen, in one process: who ran, who was under way when the server was killed, what events told. */
import type { Job } from 'bullmq';

/** What becomes of the number of a job. */
export const resultOf = (n: number): number => n * 2 + 1;

/** Keeps count of the runs of each job. */
export class JobRecord {
  /** How often each job has begun. */
  readonly runs: Map<number, number> = new Map();
  /** Jobs that the worker had, or asked the server for, while it was killed. */
  readonly underWay: Set<number> = new Set();
  /** Jobs whose end came as an event. */
  readonly told: Set<number> = new Set();
  /** Jobs that run at this moment. */
  readonly active: Set<number> = new Set();
  /** Jobs whose function has ended, while the worker has not heard that the server knows. */
  readonly unconfirmed: Set<number> = new Set();
  #away = false;

  /** The function of the worker. */
  readonly process: (job: Job<{ n: number }, number>) => Promise<number> = async ({ data: { n } }) => {
    this.runs.set(n, (this.runs.get(n) ?? 0) + 1);
    this.active.add(n);
    if (this.#away) this.underWay.add(n);
    await new Promise((resolve) => setImmediate(resolve));
    this.active.delete(n);
    this.unconfirmed.add(n);
    return resultOf(n);
  };

  /** The worker heard that a job is finished. */
  confirmed(n: number): void {
    this.unconfirmed.delete(n);
  }

  /** The server is about to be killed. */
  serverLeaves(): void {
    this.#away = true;
    for (const n of [...this.active, ...this.unconfirmed]) this.underWay.add(n);
  }

  /** The server is back; what was under way until now may be run again. */
  serverReturns(): void {
    this.serverLeaves();
    this.#away = false;
  }

  /** Jobs that have run more than once. */
  get repeated(): number[] {
    return [...this.runs].filter(([, runs]) => runs > 1).map(([n]) => n);
  }
}
