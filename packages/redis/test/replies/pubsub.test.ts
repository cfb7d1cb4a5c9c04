import { expect } from 'vitest';
import {
  publish,
  pubsubChannels,
  pubsubHelp,
  pubsubNumpat,
  pubsubNumsub,
  pubsubShardchannels,
  pubsubShardnumsub,
  spublish,
} from '../../src/commands/index.ts';
import { bytes, type Case, describeRecorded, inAnyOrder, plainRecord } from '../recorded-replies.ts';

const COMMANDS = new Set([
  'PUBLISH',
  'SPUBLISH',
  'PUBSUB CHANNELS',
  'PUBSUB HELP',
  'PUBSUB NUMPAT',
  'PUBSUB NUMSUB',
  'PUBSUB SHARDCHANNELS',
  'PUBSUB SHARDNUMSUB',
]);

/** Scenario → its calls in order, each with what it resolves to. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  'pubsub-basic': [
    [publish('ch1', 'hello'), 1],
    [publish('news.x', bytes('00ff')), 1],
    [publish('nobody', 'x'), 0],
    [pubsubChannels('ch1'), ['ch1']],
    [pubsubChannels(), inAnyOrder('ch3', 'ch2', 'ch1')],
    [pubsubChannels('zzz*'), []],
    [pubsubNumsub('ch1', 'none'), plainRecord({ ch1: 1, none: 0 })],
    [pubsubNumsub(), plainRecord({})],
    [pubsubNumpat(), 1],
    [publish('ab', 'twice'), 2],
    [pubsubHelp(), expect.arrayContaining(['HELP'])],
  ],
  'pubsub-sharded': [
    [spublish('sh1', 'hello'), 1],
    [spublish('none', 'x'), 0],
    [pubsubShardchannels(), inAnyOrder('sh3', 'sh1', 'sh2')],
    [pubsubShardchannels('sh1'), ['sh1']],
    [pubsubShardnumsub('sh1', 'none'), plainRecord({ sh1: 1, none: 0 })],
    [pubsubShardnumsub(), plainRecord({})],
  ],
  'pubsub-same-connection': [[publish('me', 'hi'), 1]],
  'cluster-redirects': [[publish('foo', 'x'), 0]],
};

describeRecorded('publishing', COMMANDS, CASES);
