import { expect } from 'vitest';
import { xinfoConsumers, xinfoGroups, xinfoHelp, xinfoStream } from '../../src/commands/index.ts';
import { type Case, describeRecorded, plainRecord } from '../recorded-replies.ts';

const COMMANDS = new Set(['XINFO CONSUMERS', 'XINFO GROUPS', 'XINFO HELP', 'XINFO STREAM']);

/** Scenario → its calls in order, each with what it resolves to. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  'stream-info': [
    [
      xinfoStream('s'),
      {
        length: 3,
        radixTreeKeys: 1,
        radixTreeNodes: 2,
        lastGeneratedId: '3-0',
        maxDeletedEntryId: '0-0',
        entriesAdded: 3,
        recordedFirstEntryId: '1-0',
        groups: 0,
        firstEntry: { id: '1-0', fields: plainRecord({ a: '1' }) },
        lastEntry: { id: '3-0', fields: plainRecord({ c: '3' }) },
      },
    ],
    [xinfoGroups('s'), [{ name: 'g', consumers: 2, pending: 2, lastDeliveredId: '2-0', entriesRead: 2, lag: 1 }]],
    [
      xinfoConsumers('s', 'g'),
      [
        { name: 'c1', pending: 2, idle: 13 },
        { name: 'c2', pending: 0, idle: 9 },
      ],
      {
        'redis-8.0-dev': [
          { name: 'c1', pending: 2, idle: 13, inactive: 13 },
          { name: 'c2', pending: 0, idle: expect.any(Number), inactive: -1 },
        ],
        'valkey-8-dev': [
          { name: 'c1', pending: 2, idle: expect.any(Number), inactive: expect.any(Number) },
          { name: 'c2', pending: 0, idle: expect.any(Number), inactive: -1 },
        ],
      },
    ],
    [
      xinfoStream('s', { full: true }),
      {
        length: 3,
        radixTreeKeys: 1,
        radixTreeNodes: 2,
        lastGeneratedId: '3-0',
        maxDeletedEntryId: '0-0',
        entriesAdded: 3,
        recordedFirstEntryId: '1-0',
        entries: [
          { id: '1-0', fields: plainRecord({ a: '1' }) },
          { id: '2-0', fields: plainRecord({ b: '2' }) },
          { id: '3-0', fields: plainRecord({ c: '3' }) },
        ],
        groups: [
          {
            name: 'g',
            lastDeliveredId: '2-0',
            entriesRead: 2,
            lag: 1,
            pelCount: 2,
            pending: [
              { id: '1-0', consumer: 'c1', deliveryTime: expect.any(Number), deliveries: 1 },
              { id: '2-0', consumer: 'c1', deliveryTime: expect.any(Number), deliveries: 1 },
            ],
            consumers: [
              {
                name: 'c1',
                seenTime: expect.any(Number),
                pelCount: 2,
                pending: [
                  { id: '1-0', deliveryTime: expect.any(Number), deliveries: 1 },
                  { id: '2-0', deliveryTime: expect.any(Number), deliveries: 1 },
                ],
              },
              { name: 'c2', seenTime: expect.any(Number), pelCount: 0, pending: [] },
            ],
          },
        ],
      },
      {
        'redis-8.0-dev': {
          length: 3,
          radixTreeKeys: 1,
          radixTreeNodes: 2,
          lastGeneratedId: '3-0',
          maxDeletedEntryId: '0-0',
          entriesAdded: 3,
          recordedFirstEntryId: '1-0',
          entries: [
            { id: '1-0', fields: plainRecord({ a: '1' }) },
            { id: '2-0', fields: plainRecord({ b: '2' }) },
            { id: '3-0', fields: plainRecord({ c: '3' }) },
          ],
          groups: [
            {
              name: 'g',
              lastDeliveredId: '2-0',
              entriesRead: 2,
              lag: 1,
              pelCount: 2,
              pending: [
                { id: '1-0', consumer: 'c1', deliveryTime: expect.any(Number), deliveries: 1 },
                { id: '2-0', consumer: 'c1', deliveryTime: expect.any(Number), deliveries: 1 },
              ],
              consumers: [
                {
                  name: 'c1',
                  seenTime: expect.any(Number),
                  activeTime: expect.any(Number),
                  pelCount: 2,
                  pending: [
                    { id: '1-0', deliveryTime: expect.any(Number), deliveries: 1 },
                    { id: '2-0', deliveryTime: expect.any(Number), deliveries: 1 },
                  ],
                },
                { name: 'c2', seenTime: expect.any(Number), activeTime: -1, pelCount: 0, pending: [] },
              ],
            },
          ],
        },
        'valkey-8-dev': {
          length: 3,
          radixTreeKeys: 1,
          radixTreeNodes: 2,
          lastGeneratedId: '3-0',
          maxDeletedEntryId: '0-0',
          entriesAdded: 3,
          recordedFirstEntryId: '1-0',
          entries: [
            { id: '1-0', fields: plainRecord({ a: '1' }) },
            { id: '2-0', fields: plainRecord({ b: '2' }) },
            { id: '3-0', fields: plainRecord({ c: '3' }) },
          ],
          groups: [
            {
              name: 'g',
              lastDeliveredId: '2-0',
              entriesRead: 2,
              lag: 1,
              pelCount: 2,
              pending: [
                { id: '1-0', consumer: 'c1', deliveryTime: expect.any(Number), deliveries: 1 },
                { id: '2-0', consumer: 'c1', deliveryTime: expect.any(Number), deliveries: 1 },
              ],
              consumers: [
                {
                  name: 'c1',
                  seenTime: expect.any(Number),
                  activeTime: expect.any(Number),
                  pelCount: 2,
                  pending: [
                    { id: '1-0', deliveryTime: expect.any(Number), deliveries: 1 },
                    { id: '2-0', deliveryTime: expect.any(Number), deliveries: 1 },
                  ],
                },
                { name: 'c2', seenTime: expect.any(Number), activeTime: -1, pelCount: 0, pending: [] },
              ],
            },
          ],
        },
      },
    ],
    [
      xinfoStream('s', { full: true, count: 1 }),
      {
        length: 3,
        radixTreeKeys: 1,
        radixTreeNodes: 2,
        lastGeneratedId: '3-0',
        maxDeletedEntryId: '0-0',
        entriesAdded: 3,
        recordedFirstEntryId: '1-0',
        entries: [{ id: '1-0', fields: plainRecord({ a: '1' }) }],
        groups: [
          {
            name: 'g',
            lastDeliveredId: '2-0',
            entriesRead: 2,
            lag: 1,
            pelCount: 2,
            pending: [{ id: '1-0', consumer: 'c1', deliveryTime: expect.any(Number), deliveries: 1 }],
            consumers: [
              {
                name: 'c1',
                seenTime: expect.any(Number),
                pelCount: 2,
                pending: [{ id: '1-0', deliveryTime: expect.any(Number), deliveries: 1 }],
              },
              { name: 'c2', seenTime: expect.any(Number), pelCount: 0, pending: [] },
            ],
          },
        ],
      },
      {
        'redis-8.0-dev': {
          length: 3,
          radixTreeKeys: 1,
          radixTreeNodes: 2,
          lastGeneratedId: '3-0',
          maxDeletedEntryId: '0-0',
          entriesAdded: 3,
          recordedFirstEntryId: '1-0',
          entries: [{ id: '1-0', fields: plainRecord({ a: '1' }) }],
          groups: [
            {
              name: 'g',
              lastDeliveredId: '2-0',
              entriesRead: 2,
              lag: 1,
              pelCount: 2,
              pending: [{ id: '1-0', consumer: 'c1', deliveryTime: expect.any(Number), deliveries: 1 }],
              consumers: [
                {
                  name: 'c1',
                  seenTime: expect.any(Number),
                  activeTime: expect.any(Number),
                  pelCount: 2,
                  pending: [{ id: '1-0', deliveryTime: expect.any(Number), deliveries: 1 }],
                },
                { name: 'c2', seenTime: expect.any(Number), activeTime: -1, pelCount: 0, pending: [] },
              ],
            },
          ],
        },
        'valkey-8-dev': {
          length: 3,
          radixTreeKeys: 1,
          radixTreeNodes: 2,
          lastGeneratedId: '3-0',
          maxDeletedEntryId: '0-0',
          entriesAdded: 3,
          recordedFirstEntryId: '1-0',
          entries: [{ id: '1-0', fields: plainRecord({ a: '1' }) }],
          groups: [
            {
              name: 'g',
              lastDeliveredId: '2-0',
              entriesRead: 2,
              lag: 1,
              pelCount: 2,
              pending: [{ id: '1-0', consumer: 'c1', deliveryTime: expect.any(Number), deliveries: 1 }],
              consumers: [
                {
                  name: 'c1',
                  seenTime: expect.any(Number),
                  activeTime: expect.any(Number),
                  pelCount: 2,
                  pending: [{ id: '1-0', deliveryTime: expect.any(Number), deliveries: 1 }],
                },
                { name: 'c2', seenTime: expect.any(Number), activeTime: -1, pelCount: 0, pending: [] },
              ],
            },
          ],
        },
      },
    ],
    [
      xinfoStream('e'),
      {
        length: 0,
        radixTreeKeys: 0,
        radixTreeNodes: 1,
        lastGeneratedId: '1-1',
        maxDeletedEntryId: '1-1',
        entriesAdded: 1,
        recordedFirstEntryId: '0-0',
        groups: 0,
        firstEntry: null,
        lastEntry: null,
      },
    ],
    [
      xinfoStream('e', { full: true }),
      {
        length: 0,
        radixTreeKeys: 0,
        radixTreeNodes: 1,
        lastGeneratedId: '1-1',
        maxDeletedEntryId: '1-1',
        entriesAdded: 1,
        recordedFirstEntryId: '0-0',
        entries: [],
        groups: [],
      },
    ],
    [xinfoGroups('e'), []],
    [xinfoConsumers('e', 'g0'), []],
    [xinfoGroups('e'), [{ name: 'g0', consumers: 0, pending: 0, lastDeliveredId: '0-0', entriesRead: null, lag: 0 }]],
    [xinfoHelp(), expect.arrayContaining(['HELP'])],
  ],
};

describeRecorded('inspection of streams', COMMANDS, CASES);
