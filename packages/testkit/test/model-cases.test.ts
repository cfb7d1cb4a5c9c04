import { expect, test } from 'vitest';
import type { ModelReport } from '../src/model.ts';
import { casesInChild } from './model-child.ts';

/** A run that met too little shows nothing. */
function expectMet(report: ModelReport | undefined, least: Readonly<Record<string, number>>): void {
  for (const [what, count] of Object.entries(least)) expect(report?.met[what], what).toBeGreaterThanOrEqual(count);
}

const unserved = { closed: 10 };
const wild = { closed: 10, QUEUE_FULL: 50, TIMEOUT: 50 };

test.concurrent('Redis: readers hear every number once or a gap, scripts run once, elements are popped once, sessions begin as new, slow commands end, whatever happens beside them', async () => {
  const reports = await casesInChild('redis', 1);
  expectMet(reports.get('wild'), {
    ...wild,
    message: 100,
    gap: 30,
    subscribe: 200,
    script: 300,
    session: 150,
    collect: 150,
  });
  expectMet(reports.get('words'), { script: 1000 });
  expectMet(reports.get('blocking'), { push: 150, pop: 150, session: 150 });
  expectMet(reports.get('unserved'), unserved);
  expectMet(reports.get('large'), { subscribe: 50, message: 100 });
  expectMet(reports.get('unexecuted'), { REPLY: 10 });
  expectMet(reports.get('slow'), { slow: 6, TIMEOUT: 50 });
  expectMet(reports.get('sleeping'), { slow: 2, TIMEOUT: 10 });
}, 400_000);

test.concurrent('SSDB: clients that are closed while they reconnect, full queues and slow commands keep every promise', async () => {
  const reports = await casesInChild('ssdb', 1);
  expectMet(reports.get('wild'), wild);
  expectMet(reports.get('unserved'), unserved);
  expectMet(reports.get('slow'), { slow: 6, TIMEOUT: 50 });
}, 400_000);

test.concurrent('Gibson: clients that are closed while they reconnect, full queues and slow commands keep every promise', async () => {
  const reports = await casesInChild('gibson', 1);
  expectMet(reports.get('wild'), wild);
  expectMet(reports.get('unserved'), unserved);
  expectMet(reports.get('slow'), { slow: 6, TIMEOUT: 50 });
  expectMet(reports.get('busy'), { slow: 6, TIMEOUT: 50 });
}, 400_000);
