import { type Embedded, startEmbedded } from '@kv/embedded';
import { createGibson, type Gibson } from '@kv/gibson';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkModel } from '../src/model.ts';
import { gibsonBackends } from './gibson-driver.ts';
import { enough, scale } from './model-scale.ts';
import { proxiedDriver } from './proxied-session.ts';

let embedded: Embedded;
let direct: Gibson;
let port: number;

beforeAll(async () => {
  embedded = await startEmbedded({ gibson: { port: 0 } });
  port = embedded.gibson?.port as number;
  direct = createGibson({ host: '127.0.0.1', port }, { timeout: 60_000 });
});

afterAll(async () => {
  await direct.close();
  await embedded.close();
});

// Every promise settles, no reply goes astray, nothing runs twice.
test('pain 1, pain 2, pain 4: Gibson: 200,000 operations under 2,000 faults keep every promise', async () => {
  const driver = proxiedDriver(gibsonBackends({ host: '127.0.0.1', port }, direct));
  const report = await checkModel(driver, { ...scale, transactions: false });
  expect(report).toMatchObject({ plans: scale.plans });
  expect(report.operations).toBeGreaterThanOrEqual(enough.operations);
  expect(report.faults).toBeGreaterThanOrEqual(enough.faults);
  expect(['done', 'notSent', 'unknown']).toEqual(expect.arrayContaining(Object.keys(report.endings)));
  expect(report.endings['done']).toBeGreaterThan(report.operations / 4);
}, 400_000);
