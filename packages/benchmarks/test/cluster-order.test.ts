import { expect, test } from 'vitest';
import { clusterClients, compareClusterOrder } from '../src/comparison/cluster-order.ts';

test('cluster clients are driven by one script while slots move, and none of them loses or repeats a write', async () => {
  const runs = await compareClusterOrder(1000);
  expect(runs.map(({ client }) => client)).toEqual(Object.keys(clusterClients));
  for (const { verdict, mover } of runs) {
    expect(verdict).toMatchObject({ wrongCounters: [], hung: 0 });
    expect(verdict.calls).toBeGreaterThan(1000);
    expect(mover.moves).toBeGreaterThan(0);
    expect(mover.interruptions).toEqual([]);
  }
});
