/**
 * Loss and pools, the same cases on every backend. A case is named by the number of the behavior that it shows, and by
 * the pain of other clients' users that taught it; the list is in the README of this package.
 */
import { afterAll, beforeAll, describe } from 'vitest';
import { closingCases } from './closing-cases.ts';
import { deadlineCases } from './deadline-cases.ts';
import { type FailureBackend, type FailureClient, patient, type Start } from './failure-backend.ts';
import { lossCases } from './loss-cases.ts';
import { poolCases } from './pool-cases.ts';
import { silenceCases } from './silence-cases.ts';

const PARTS: Readonly<Record<string, (start: Start) => void>> = {
  loss: lossCases,
  'deadlines, signals and queues': deadlineCases,
  silence: silenceCases,
  closing: closingCases,
  pools: poolCases,
};

/** Runs the cases on the backend that `begin` gives: all of them, or those of some parts. */
export function failureSuite(
  begin: () => Promise<FailureBackend>,
  parts: readonly string[] = Object.keys(PARTS),
): void {
  let opened: FailureBackend | undefined;
  let direct: FailureClient | undefined;
  let keys = 0;
  const run = `failure-${process.pid}-${Date.now()}`;
  const start: Start = {
    backend: () => there(opened),
    direct: () => there(direct),
    key: () => `${run}:${keys++}`,
  };

  beforeAll(async () => {
    opened = await begin();
    direct = opened.open(opened.server.port as number, patient);
  });
  afterAll(async () => {
    await direct?.close();
    await opened?.close();
  });

  describe.each(parts)('%s', (part) => {
    there(PARTS[part])(start);
  });
}

function there<T>(opened: T | undefined): T {
  if (opened === undefined) throw new Error('no such part, or the backend is not open yet: it is when the cases run');
  return opened;
}
