import { sort, sortRo } from '../../src/commands/index.ts';
import { type Case, describeRecorded } from '../recorded-replies.ts';

const COMMANDS = new Set(['SORT', 'SORT_RO']);

/** Scenario → its calls in order, each with what it resolves to. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  'keys-sort': [
    [sort('l'), ['1', '2', '3', '10']],
    [sort('l', { desc: true }), ['10', '3', '2', '1']],
    [sort('l', { limit: { offset: 1, count: 2 } }), ['2', '3']],
    [sort('l', { alpha: true }), ['1', '10', '2', '3']],
    [sort('l', { by: 'w_*' }), ['10', '3', '2', '1']],
    [sort('l', { by: 'w_*', get: ['o_*', '#'] }), [null, '10', null, '3', 'two', '2', 'one', '1']],
    [sort('l', { by: 'nosort', get: 'o_*' }), [null, 'one', 'two', null]],
    [sort('l', { store: 'dst' }), 4],
    [sort('nope'), []],
    [sort('nope', { store: 'dst' }), 0],
    [sort('ids', { get: 'u*->name' }), ['bob']],
    [sortRo('l', { desc: true, limit: { offset: 0, count: 2 } }), ['10', '3']],
    [sortRo('l', { by: 'w_*' }), ['10', '3', '2', '1']],
    [sort('s'), ['1', '2', '3']],
    [sort('z'), ['1', '2']],
    [sort('z', { by: 'nosort', desc: true }), ['1', '2']],
  ],
};

describeRecorded('sort', COMMANDS, CASES);
