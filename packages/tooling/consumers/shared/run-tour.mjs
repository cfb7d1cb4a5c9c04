// The tour over TCP, for runtimes that run a file: Node, Bun, Deno.
import process from 'node:process';
import { tour } from './tour.mjs';

const { KV_REDIS, KV_SSDB, KV_GIBSON } = process.env;
await tour({ redis: KV_REDIS, ssdb: KV_SSDB, gibson: KV_GIBSON });
console.log('over TCP: Redis, SSDB and Gibson');
await tour({ redis: 'embedded:', ssdb: 'embedded:', gibson: 'embedded:' });
console.log('embedded: Redis, SSDB and Gibson');
