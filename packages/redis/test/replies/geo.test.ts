import {
  geoadd,
  geodist,
  geohash,
  geopos,
  georadius,
  georadiusbymember,
  georadiusbymemberRo,
  georadiusRo,
  geosearch,
  geosearchstore,
} from '../../src/commands/index.ts';
import { type Case, describeRecorded } from '../recorded-replies.ts';

const COMMANDS = new Set([
  'GEOADD',
  'GEODIST',
  'GEOHASH',
  'GEOPOS',
  'GEORADIUS',
  'GEORADIUSBYMEMBER',
  'GEORADIUSBYMEMBER_RO',
  'GEORADIUS_RO',
  'GEOSEARCH',
  'GEOSEARCHSTORE',
]);

/** Scenario → its calls in order, each with what it resolves to. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  geo: [
    [
      geoadd('g', [
        { longitude: 13.361389, latitude: 38.115556, member: 'Palermo' },
        { longitude: 15.087269, latitude: 37.502669, member: 'Catania' },
      ]),
      2,
    ],
    [geoadd('g', { longitude: 13, latitude: 38, member: 'Palermo' }, { nx: true }), 0],
    [geoadd('g', { longitude: 13.5, latitude: 38.1, member: 'Palermo' }, { xx: true, ch: true }), 1],
    [geoadd('g', { longitude: 13.361389, latitude: 38.115556, member: 'Palermo' }, { ch: true }), 1],
    [geopos('g', 'Palermo', 'nope'), [{ longitude: 13.361389338970184, latitude: 38.1155563954963 }, null]],
    [geopos('nokey', 'a'), [null]],
    [geodist('g', 'Palermo', 'Catania'), 166274.1516],
    [geodist('g', 'Palermo', 'Catania', 'km'), 166.2742],
    [geodist('g', 'Palermo', 'nope'), null],
    [geodist('nokey', 'a', 'b'), null],
    [geohash('g', 'Palermo', 'nope', 'Catania'), ['sqc8b49rny0', null, 'sqdtr74hyu0']],
    [geohash('nokey', 'a'), [null]],
    [
      geosearch('g', { longitude: 15, latitude: 37 }, { radius: 200, unit: 'km' }, { asc: true }),
      ['Catania', 'Palermo'],
    ],
    [
      geosearch('g', { longitude: 15, latitude: 37 }, { radius: 200, unit: 'km' }, { desc: true }),
      ['Palermo', 'Catania'],
    ],
    [
      geosearch('g', { longitude: 15, latitude: 37 }, { radius: 200, unit: 'km' }, { asc: true, withdist: true }),
      [
        { member: 'Catania', distance: 56.4413 },
        { member: 'Palermo', distance: 190.4424 },
      ],
    ],
    [
      geosearch('g', { longitude: 15, latitude: 37 }, { radius: 200, unit: 'km' }, { asc: true, withcoord: true }),
      [
        { member: 'Catania', coordinates: { longitude: 15.087267458438873, latitude: 37.50266842333162 } },
        { member: 'Palermo', coordinates: { longitude: 13.361389338970184, latitude: 38.1155563954963 } },
      ],
    ],
    [
      geosearch('g', { longitude: 15, latitude: 37 }, { radius: 200, unit: 'km' }, { asc: true, withhash: true }),
      [
        { member: 'Catania', hash: 3479447370796909 },
        { member: 'Palermo', hash: 3479099956230698 },
      ],
    ],
    [
      geosearch(
        'g',
        { longitude: 15, latitude: 37 },
        { width: 400, height: 400, unit: 'km' },
        { asc: true, count: 1, withcoord: true, withdist: true, withhash: true },
      ),
      [
        {
          member: 'Catania',
          distance: 56.4413,
          hash: 3479447370796909,
          coordinates: { longitude: 15.087267458438873, latitude: 37.50266842333162 },
        },
      ],
    ],
    [geosearch('g', { member: 'Palermo' }, { radius: 10, unit: 'm' }), ['Palermo']],
    [geosearch('g', { member: 'Palermo' }, { radius: 300, unit: 'mi' }, { count: 1, any: true }), ['Palermo']],
    [geosearch('nokey', { longitude: 15, latitude: 37 }, { radius: 200, unit: 'km' }), []],
    [geosearchstore('d', 'g', { longitude: 15, latitude: 37 }, { radius: 200, unit: 'km' }), 2],
    [geosearchstore('d', 'g', { longitude: 15, latitude: 37 }, { radius: 200, unit: 'km' }, { storedist: true }), 2],
    [geosearchstore('d', 'nokey', { longitude: 15, latitude: 37 }, { radius: 200, unit: 'km' }), 0],
    [georadius('g', 15, 37, 200, 'km', { asc: true }), ['Catania', 'Palermo']],
    [
      georadius('g', 15, 37, 200, 'km', { withdist: true, withcoord: true, asc: true, count: 1 }),
      [
        {
          member: 'Catania',
          distance: 56.4413,
          coordinates: { longitude: 15.087267458438873, latitude: 37.50266842333162 },
        },
      ],
    ],
    [georadius('g', 15, 37, 200, 'km', { store: 'd' }), 2],
    [
      georadiusRo('g', 15, 37, 200, 'km', { withhash: true, desc: true }),
      [
        { member: 'Palermo', hash: 3479099956230698 },
        { member: 'Catania', hash: 3479447370796909 },
      ],
    ],
    [
      georadiusbymember('g', 'Palermo', 300, 'km', { withdist: true, asc: true }),
      [
        { member: 'Palermo', distance: 0 },
        { member: 'Catania', distance: 166.2742 },
      ],
    ],
    [georadiusbymember('g', 'Palermo', 300, 'km', { storedist: 'd' }), 2],
    [georadiusbymemberRo('g', 'Catania', 10, 'km'), ['Catania']],
  ],
  'zset-double-forms': [
    [
      geoadd('g', [
        { longitude: 1, latitude: 1, member: 'a' },
        { longitude: 2, latitude: 2, member: 'b' },
      ]),
      2,
    ],
    [geodist('g', 'a', 'b'), 157270.0561],
  ],
  'null-kinds': [
    [geopos('none', 'a'), [null]],
    [geodist('none', 'a', 'b'), null],
    [geohash('none', 'a'), [null]],
  ],
};

describeRecorded('geo', COMMANDS, CASES);
