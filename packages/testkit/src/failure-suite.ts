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

/** Runs all cases on the backend that `begin` gives. */
export function failureSuite(begin: () => Promise<FailureBackend>): void {
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

  describe('loss', () => {
    lossCases(start);
  });
  describe('deadlines, signals and queues', () => {
    deadlineCases(start);
  });
  describe('silence', () => {
    silenceCases(start);
  });
  describe('closing', () => {
    closingCases(start);
  });
  describe('pools', () => {
    poolCases(start);
  });
}

function there<T>(opened: T | undefined): T {
  if (opened === undefined) throw new Error('the backend is opened when the cases run');
  return opened;
}
