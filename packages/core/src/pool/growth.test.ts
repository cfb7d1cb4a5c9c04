import { describe, expect, it } from 'vitest';
import { connectionsToOpen, type Demand } from './growth.ts';

const none = { length: 0, exclusive: 0 };
const idle: Demand = { waiting: none, window: 1, minSize: 0, maxSize: 4, size: 0, opening: 0, isAway: false };

describe('a pool opens', () => {
  it('nothing while nothing waits and it is as large as it has to be', () => {
    expect(connectionsToOpen(idle)).toBe(0);
    expect(connectionsToOpen({ ...idle, minSize: 2, size: 2 })).toBe(0);
    expect(connectionsToOpen({ ...idle, minSize: 2, size: 1 })).toBe(1);
  });

  it('as many connections as what waits would fill, less those that are being made', () => {
    expect(connectionsToOpen({ ...idle, waiting: { length: 3, exclusive: 0 } })).toBe(3);
    expect(connectionsToOpen({ ...idle, waiting: { length: 3, exclusive: 0 }, opening: 2 })).toBe(1);
    expect(connectionsToOpen({ ...idle, waiting: { length: 3, exclusive: 0 }, window: Infinity })).toBe(1);
    expect(connectionsToOpen({ ...idle, waiting: { length: 5, exclusive: 2 }, window: Infinity })).toBe(3);
  });

  it('never more than it may have', () => {
    expect(connectionsToOpen({ ...idle, waiting: { length: 9, exclusive: 0 }, size: 2, opening: 1 })).toBe(1);
    expect(connectionsToOpen({ ...idle, waiting: { length: 9, exclusive: 0 }, size: 4 })).toBe(0);
  });

  it('one connection at a time while the server is away', () => {
    expect(connectionsToOpen({ ...idle, waiting: { length: 3, exclusive: 3 }, isAway: true })).toBe(1);
    expect(connectionsToOpen({ ...idle, waiting: { length: 3, exclusive: 3 }, isAway: true, opening: 1 })).toBe(0);
    expect(connectionsToOpen({ ...idle, waiting: { length: 3, exclusive: 3 }, isAway: true, size: 1 })).toBe(3);
  });
});
