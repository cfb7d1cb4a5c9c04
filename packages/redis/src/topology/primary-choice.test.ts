import { describe, expect, it } from 'vitest';
import { choosePrimary } from './primary-choice.ts';
import type { PrimaryView } from './sentinel-replies.ts';

function view(port: number, epoch: number): PrimaryView {
  return { host: '10.0.0.1', port, epoch };
}

const address = (port: number): string => `10.0.0.1:${port}`;

describe('choosing the primary that sentinels name', () => {
  it('takes the highest config-epoch, also when only one sentinel has it [#182]', () => {
    expect(choosePrimary([view(1, 4), view(2, 5), view(1, 4)])).toEqual(view(2, 5));
  });

  it('takes the address that most sentinels name when the epochs are equal [#182]', () => {
    expect(choosePrimary([view(1, 4), view(2, 4), view(2, 4)])).toEqual(view(2, 4));
  });

  it('stays with the primary in use when nothing else decides [#182]', () => {
    expect(choosePrimary([view(1, 4), view(2, 4)], { current: address(2) })).toEqual(view(2, 4));
  });

  it('knows nothing without a view [#182]', () => {
    expect(choosePrimary([])).toBeUndefined();
  });

  it('counts the newest epoch of an address that several sentinels name [#182]', () => {
    expect(choosePrimary([view(1, 3), view(2, 4), view(1, 5)])).toEqual(view(1, 5));
  });

  it('lets a majority outvote a sentinel whose server says that it is a replica [#183]', () => {
    const views = [view(1, 9), view(2, 4), view(2, 4)];
    expect(choosePrimary(views, { refused: address(1) })).toEqual(view(2, 4));
  });

  it('goes on asking for a server that is a replica still when no other has a majority [#183]', () => {
    expect(choosePrimary([view(1, 9), view(2, 4)], { refused: address(1) })).toEqual(view(1, 9));
    expect(choosePrimary([view(1, 9), view(2, 4), view(3, 4)], { refused: address(1) })).toEqual(view(1, 9));
  });
});
