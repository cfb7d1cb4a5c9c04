import { describe, expect, it, test } from 'vitest';
import { clusterVectors, recordedCluster } from '../../test/recorded-cluster.ts';
import { type NodeRow, parseClusterInfo, parseClusterNodes } from './nodes-text.ts';

const encoder = new TextEncoder();
const byFirst = ([a]: readonly [number, ...unknown[]], [b]: readonly [number, ...unknown[]]): number => a - b;

describe('recorded replies of CLUSTER NODES', () => {
  const recorded = recordedCluster('CLUSTER', 'NODES');

  function rowsOf(scenario: string, nth: number): (readonly [form: string, rows: NodeRow[]])[] {
    const { forms } = recorded.filter((one) => one.scenario === scenario)[nth] ?? { forms: [] };
    return forms.map(([form, reply]) => [form, parseClusterNodes(reply)]);
  }

  test('are all understood, and name the server that was asked', () => {
    for (const { forms, scenario } of recorded) {
      for (const [form, reply] of forms) {
        const rows = parseClusterNodes(reply);
        expect(
          rows.filter(({ myself }) => myself),
          `${scenario} ${form}`,
        ).toHaveLength(1);
        const ids = new Set(rows.map(({ id }) => id));
        expect(rows.every(({ primaryId }) => primaryId === undefined || ids.has(primaryId))).toBe(true);
      }
    }
    expect(recorded).toHaveLength(8);
  });

  test('show slots, primaries and replicas', () => {
    for (const [form, rows] of rowsOf('shapes', 0)) {
      const primaries = rows.filter(({ role }) => role === 'primary');
      const ranges = primaries.flatMap((row) => row.ranges.map(([start, end]) => [row.port, start, end] as const));
      expect({ form, ranges: ranges.toSorted(byFirst) }).toMatchObject({
        ranges: [
          [36001, 0, 5460],
          [36002, 5461, 10922],
          [36003, 10923, 16383],
        ],
      });
      const replicas = rows.filter(({ role }) => role === 'replica');
      expect(replicas.every(({ primaryId }) => primaries.some(({ id }) => id === primaryId))).toBe(true);
    }
  });

  test('show on both sides the slot that is being moved', () => {
    const { nodes = {} } = clusterVectors.scenarios.find(({ name }) => name === 'resharding') ?? {};
    const open = [0, 1].map((nth) => rowsOf('resharding', nth).map(([, rows]) => rows.flatMap((row) => row.open)));
    expect(open).toEqual([
      Array(4).fill([{ slot: 5061, state: 'migrating', other: nodes['n2']?.id }]),
      Array(4).fill([{ slot: 5061, state: 'importing', other: nodes['n1']?.id }]),
    ]);
  });

  test('show host names', () => {
    for (const [form, rows] of rowsOf('endpoints', 0)) {
      const names = rows.map(({ port, hostname }) => [port, hostname] as const).toSorted(byFirst);
      expect({ form, names }).toMatchObject({
        names: [
          [36001, 'host-1.example'],
          [36002, 'host-2.example'],
          [36003, undefined],
          [36005, 'host-3.example'],
          [36007, undefined],
          [36008, undefined],
        ],
      });
    }
  });

  test('of a server that has met no other have no host', () => {
    for (const [, rows] of rowsOf('fresh-node', 1))
      expect(rows).toMatchObject([{ host: undefined, port: 36009, myself: true, ranges: [[0, 16_382]], open: [] }]);
  });
});

describe('a row of CLUSTER NODES', () => {
  const row = (address: string, rest = 'master - 0 0 7 connected'): NodeRow | undefined =>
    parseClusterNodes(`abc ${address} ${rest}\n`)[0];

  it.each([
    ['127.0.0.1:7000@17000', '127.0.0.1', 7000, undefined],
    ['::1:7000@17000', '::1', 7000, undefined],
    ['127.0.0.1:7000@17000,h.example,shard-id=abc', '127.0.0.1', 7000, 'h.example'],
    ['127.0.0.1:7000@17000,,tls-port=0,shard-id=abc', '127.0.0.1', 7000, undefined],
    ['127.0.0.1:7000@17000,shard-id=abc', '127.0.0.1', 7000, undefined],
    ['127.0.0.1:7000', '127.0.0.1', 7000, undefined],
    [':0@0', undefined, 0, undefined],
  ])('has the address %s', (address, host, port, hostname) => {
    expect(row(address)).toEqual(expect.objectContaining({ host, port }));
    expect(row(address)?.hostname).toBe(hostname);
  });

  it('has flags, primary, epoch, link, slots', () => {
    expect(row('h:1@2', 'slave,fail? def 1 2 12 disconnected')).toMatchObject({
      role: 'replica',
      myself: false,
      flags: new Set(['slave', 'fail?']),
      primaryId: 'def',
      configEpoch: 12,
      connected: false,
      ranges: [],
    });
    expect(row('h:1@2', 'myself,master - 0 0 1 connected 5 7-9 [10->-x] [11-<-y]')).toMatchObject({
      ranges: [
        [5, 5],
        [7, 9],
      ],
      open: [
        { slot: 10, state: 'migrating', other: 'x' },
        { slot: 11, state: 'importing', other: 'y' },
      ],
    });
  });

  it.each([
    ['row 0', 'hello'],
    ['row 0', 'abc h:1@2 master - 0 0 x connected'],
    ['row 0', ' h:1@2 master - 0 0 1 connected'],
    ['address in row 0', 'abc h master - 0 0 1 connected'],
    ['address in row 0', 'abc h:70000@1 master - 0 0 1 connected'],
    ['slots in row 0', 'abc h:1@2 master - 0 0 1 connected 16384'],
    ['slots in row 0', 'abc h:1@2 master - 0 0 1 connected 1-2-3'],
    ['slots in row 0', 'abc h:1@2 master - 0 0 1 connected [5-x-y]'],
    ['expected at least one row', ''],
    ['expected text', null],
    ['expected text', []],
  ])('is refused when it is malformed: %s', (problem, reply) => {
    const message = `CLUSTER NODES: unexpected reply (${problem})`;
    expect(() => parseClusterNodes(reply)).toThrow(expect.objectContaining({ message, code: 'PROTOCOL' }));
  });
});

describe('CLUSTER INFO', () => {
  test.each(recordedCluster('CLUSTER', 'INFO'))('as recorded in $scenario tells state and epoch', ({ forms }) => {
    for (const [, reply] of forms) {
      const { state, epoch } = parseClusterInfo(reply);
      expect(['ok', 'fail']).toContain(state);
      expect(epoch).toBeGreaterThanOrEqual(0);
    }
  });

  it('tells the epoch of the cluster, not of the server', () => {
    const info =
      'cluster_state:ok\r\ncluster_slots_assigned:16384\r\ncluster_current_epoch:5\r\ncluster_my_epoch:1\r\n';
    const expected = { state: 'ok', epoch: 5 };
    expect([info, encoder.encode(info)].map(parseClusterInfo)).toEqual([expected, expected]);
  });

  it.each([
    ['cluster_state', 'cluster_enabled:1'],
    ['cluster_state', 'cluster_state'],
    ['cluster_current_epoch', 'cluster_state:ok\r\ncluster_slots_assigned:1'],
    ['cluster_current_epoch', 'cluster_state:ok\r\ncluster_current_epoch:-1'],
    ['expected text', 5],
  ])('is refused without %s', (problem, reply) => {
    const message = `CLUSTER INFO: unexpected reply (${problem})`;
    expect(() => parseClusterInfo(reply)).toThrow(expect.objectContaining({ message, code: 'PROTOCOL' }));
  });
});
