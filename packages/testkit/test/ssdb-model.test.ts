import { type Embedded, startEmbedded } from '@kv/embedded';
import { createSsdb, type Ssdb } from '@kv/ssdb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkModel } from '../src/model.ts';
import { enough, scale } from './model-scale.ts';
import { proxiedDriver } from './proxied-session.ts';
import { ssdbBackends } from './ssdb-driver.ts';

let embedded: Embedded;
let direct: Ssdb;
let port: number;

beforeAll(async () => {
  embedded = await startEmbedded({ ssdb: { port: 0 } });
  port = embedded.ssdb?.port as number;
  direct = createSsdb({ host: '127.0.0.1', port }, { timeout: 60_000 });
});

afterAll(async () => {
  await direct.close();
  await embedded.close();
});

// Every promise settles, no reply goes astray, nothing runs twice.
test('pain 1, pain 2, pain 4: SSDB: 200,000 operations under 2,000 faults keep every promise', async () => {
  const driver = proxiedDriver(ssdbBackends({ host: '127.0.0.1', port }, direct));
  const report = await checkModel(driver, scale);
  expect(report).toMatchObject({ plans: scale.plans });
  expect(report.operations).toBeGreaterThanOrEqual(enough.operations);
  expect(report.faults).toBeGreaterThanOrEqual(enough.faults);
  expect(['done', 'notSent', 'unknown']).toEqual(expect.arrayContaining(Object.keys(report.endings)));
  expect(report.endings['done']).toBeGreaterThan(report.operations / 4);
}, 400_000);
