import { expect } from 'vitest';
import type { ModelReport } from '../src/model.ts';
import { enough, PLANS } from './model-portions.ts';

/** A run that saw too little shows nothing: too few operations or faults, or nearly all calls failed. */
export function expectEnough({ plans, operations, faults, endings }: ModelReport): void {
  expect(plans).toBe(PLANS);
  expect(operations).toBeGreaterThanOrEqual(enough.operations);
  expect(faults).toBeGreaterThanOrEqual(enough.faults);
  expect(['done', 'notSent', 'unknown']).toEqual(expect.arrayContaining(Object.keys(endings)));
  expect(endings['done']).toBeGreaterThan(operations / 4);
}
