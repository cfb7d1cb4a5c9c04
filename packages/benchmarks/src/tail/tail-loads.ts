import type { TailClient } from './tail-clients.ts';

/** A large call; calls have ascending numbers. */
export type LargeCall = (round: number) => Promise<unknown>;

/** Large calls that small ones are measured beside. */
export interface TailLoad {
  readonly name: string;
  readonly title: string;
  /** Values come as bytes. */
  readonly bytes: boolean;
  readonly call: (client: TailClient) => LargeCall;
  /** Throws when one answer is not what it must be. */
  readonly check: (answer: unknown) => void;
}

const LENGTH = 1 << 20;
const text = 'abcdefghijklmnop'.repeat(LENGTH / 16);
const bytes = Buffer.from(text);
const small = 'abcdefghijklmnop';

/** What is put on the server first. */
export const tailData: readonly (readonly string[])[] = [
  ...Array.from({ length: 1024 }, (_, i) => ['SET', `small:${i}`, small]),
  ...Array.from({ length: 16 }, (_, i) => ['SET', `large:${i}`, text]),
];

const key = (round: number): string => `large:${round & 15}`;

function isOk(answer: unknown): void {
  if (answer !== 'OK') throw new Error('SET did not answer OK');
}

function isLarge(answer: unknown): void {
  const { length } = answer as { length?: number };
  if (length !== LENGTH) throw new Error(`answer of size ${length}, expected ${LENGTH}`);
}

/** All loads, in the order of the table. */
export const tailLoads: readonly TailLoad[] = [
  {
    name: 'set-bytes',
    title: 'SET 1 MB (bytes)',
    bytes: true,
    call: (client) => (round) => client.setLarge(key(round), bytes),
    check: isOk,
  },
  {
    name: 'set-text',
    title: 'SET 1 MB (text)',
    bytes: false,
    call: (client) => (round) => client.setLarge(key(round), text),
    check: isOk,
  },
  {
    name: 'get-bytes',
    title: 'GET 1 MB (bytes)',
    bytes: true,
    call: (client) => (round) => client.getLarge(key(round)),
    check: isLarge,
  },
  {
    name: 'get-text',
    title: 'GET 1 MB (text)',
    bytes: false,
    call: (client) => (round) => client.getLarge(key(round)),
    check: isLarge,
  },
];
