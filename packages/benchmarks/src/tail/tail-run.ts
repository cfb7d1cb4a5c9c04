// One client beside one load, one process: tail-run.ts '{"client":"kv","load":"set-bytes",…}'. Prints one JSON line.
import type { ServerPlace } from '../suite.ts';
import { type TailClient, tailContenders } from './tail-clients.ts';
import { type LargeCall, type TailLoad, tailLoads } from './tail-loads.ts';

/** What a process is told. */
export interface TailAssignment {
  readonly place: ServerPlace;
  readonly client: string;
  readonly load: string;
  /** Small calls in flight, and large ones beside them. */
  readonly small: number;
  readonly large: number;
  /** Seconds that count, for small calls alone, and again for small calls beside large ones. */
  readonly seconds: number;
  readonly warmUp: number;
}

/** Milliseconds that small calls took. */
export interface Tail {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

/** What one process measured. */
export interface TailRun {
  readonly alone: Tail;
  readonly beside: Tail;
  /** Calls per second. */
  readonly smallAlone: number;
  readonly smallBeside: number;
  readonly largeBeside: number;
}

/** How often small calls alone and small calls beside large ones take turns. */
const TURNS = 4;

/** After how many calls a loop lets the event loop turn. */
const YIELDING = 1024;

/**
 * Keeps small calls in flight all the time, and large ones in every second part of it.
 *
 *     small  ── alone ── beside ── alone ── beside ──
 *     large           ── ────── ──       ── ────── ──
 */
export class TailMeasure {
  readonly #client: TailClient;
  readonly #load: TailLoad;
  readonly #assignment: TailAssignment;
  #latencies: number[] = [];
  #large = 0;
  #running = true;

  constructor(client: TailClient, load: TailLoad, assignment: TailAssignment) {
    this.#client = client;
    this.#load = load;
    this.#assignment = assignment;
  }

  async run(): Promise<TailRun> {
    const { small, seconds, warmUp } = this.#assignment;
    const loops = Array.from({ length: small }, (_, i) => this.#smallLoop(i));
    const large = this.#load.call(this.#client);
    await this.#beside(large, warmUp);
    const alone: number[][] = [];
    const beside: number[][] = [];
    this.#large = 0;
    for (let turn = 0; turn < TURNS; turn++) {
      alone.push(await this.#alone(seconds / TURNS));
      beside.push(await this.#beside(large, seconds / TURNS));
    }
    this.#running = false;
    await Promise.all(loops);
    return {
      alone: tailOf(alone.flat()),
      beside: tailOf(beside.flat()),
      smallAlone: alone.flat().length / seconds,
      smallBeside: beside.flat().length / seconds,
      largeBeside: this.#large / seconds,
    };
  }

  async #alone(seconds: number): Promise<number[]> {
    this.#latencies = [];
    await elapsed(seconds);
    return this.#latencies;
  }

  async #beside(large: LargeCall, seconds: number): Promise<number[]> {
    this.#latencies = [];
    const until = performance.now() + seconds * 1000;
    const loops = Array.from({ length: this.#assignment.large }, (_, i) => this.#largeLoop(large, i, until));
    await elapsed(seconds);
    const latencies = this.#latencies;
    this.#latencies = [];
    await Promise.all(loops);
    return latencies;
  }

  async #smallLoop(first: number): Promise<void> {
    let round = first;
    while (this.#running) {
      const start = performance.now();
      await this.#client.small(`small:${round & 1023}`);
      this.#latencies.push(performance.now() - start);
      if (++round % YIELDING === 0) await turnOfLoop();
    }
  }

  async #largeLoop(call: LargeCall, first: number, until: number): Promise<void> {
    for (let round = first; performance.now() < until; round += this.#assignment.large) {
      await call(round);
      this.#large++;
    }
  }
}

function tailOf(latencies: number[]): Tail {
  const ascending = Float64Array.from(latencies).sort();
  const at = (share: number): number =>
    ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999) };
}

function elapsed(seconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, seconds * 1000);
  });
}

function turnOfLoop(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

async function main(assignment: TailAssignment): Promise<void> {
  const contender = tailContenders.find(({ name }) => name === assignment.client);
  const load = tailLoads.find(({ name }) => name === assignment.load);
  if (contender === undefined || load === undefined) throw new Error('no such client or load');
  const client = await contender.open(assignment.place, load.bytes);
  load.check(await load.call(client)(0));
  const result = await new TailMeasure(client, load, assignment).run();
  await client.close();
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0)); // some clients keep the process alive
}

if (import.meta.filename === process.argv[1]) await main(JSON.parse(process.argv[2] ?? '{}') as TailAssignment);
