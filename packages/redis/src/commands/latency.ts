/** LATENCY: when the server was slow. */
import { Command, read, toArg, write } from '@kv/core';
import { addAny, type Many } from './support/arguments.ts';
import { eachField, integerOf, list, parts, text, texts, whole } from './support/replies.ts';

const LATENCY_DOCTOR = read('LATENCY DOCTOR', null);
const LATENCY_GRAPH = read('LATENCY GRAPH', null);
const LATENCY_HELP = read('LATENCY HELP', null);
const LATENCY_HISTOGRAM = read('LATENCY HISTOGRAM', null);
const LATENCY_HISTORY = read('LATENCY HISTORY', null);
const LATENCY_LATEST = read('LATENCY LATEST', null);
const LATENCY_RESET = write('LATENCY RESET', null);

/**
 * A report in plain English on the latency events, with advice.
 *
 * @since 2.8.13
 * @see https://redis.io/commands/latency-doctor/
 */
export function latencyDoctor<V = string>(): Command<string, V> {
  return new Command<string, V>(LATENCY_DOCTOR, [], text);
}

/**
 * The history of one event, drawn with characters.
 *
 * @throws ReplyError when there are no samples of that event
 * @since 2.8.13
 * @see https://redis.io/commands/latency-graph/
 */
export function latencyGraph<V = string>(event: string): Command<string, V> {
  return new Command<string, V>(LATENCY_GRAPH, [toArg(event, 'event')], text);
}

/**
 * The server's own help text on LATENCY, line by line.
 *
 * @since 2.8.13
 * @see https://redis.io/commands/latency-help/
 */
export function latencyHelp<V = string>(): Command<string[], V> {
  return new Command<string[], V>(LATENCY_HELP, [], texts);
}

/** Durations of one command. */
export interface LatencyHistogram {
  readonly calls: number;
  /** Upper bound in microseconds → calls that took at most that long, each counting those before it. */
  readonly histogram: Map<number, number>;
}

function histogram(raw: unknown): LatencyHistogram {
  let calls = 0;
  const buckets = new Map<number, number>();
  eachField(raw, (name, value) => {
    if (name === 'calls') calls = whole(value);
    else if (name === 'histogram_usec') eachField(value, (bound, count) => buckets.set(integerOf(bound), whole(count)));
  });
  return { calls, histogram: buckets };
}

function histograms(raw: unknown): Map<string, LatencyHistogram> {
  const found = new Map<string, LatencyHistogram>();
  eachField(raw, (name, item) => found.set(name, histogram(item)));
  return found;
}

/**
 * How long commands took, by name, or all that ran; names that never ran are left out.
 *
 * @since 7.0.0
 * @see https://redis.io/commands/latency-histogram/
 */
export function latencyHistogram<V = string>(...commands: Many[]): Command<Map<string, LatencyHistogram>, V> {
  return new Command<Map<string, LatencyHistogram>, V>(LATENCY_HISTOGRAM, addAny([], commands, 'commands'), histograms);
}

/** One slow moment. */
export interface LatencySample {
  /** Unix time in seconds. */
  readonly timestamp: number;
  /** Milliseconds. */
  readonly latency: number;
}

function samples(raw: unknown): LatencySample[] {
  return list(raw).map((item) => {
    const [timestamp, latency] = parts(item, 2);
    return { timestamp: whole(timestamp), latency: whole(latency) };
  });
}

/**
 * The samples of one event, at most 160.
 *
 * @since 2.8.13
 * @see https://redis.io/commands/latency-history/
 */
export function latencyHistory<V = string>(event: string): Command<LatencySample[], V> {
  return new Command<LatencySample[], V>(LATENCY_HISTORY, [toArg(event, 'event')], samples);
}

/** The latest sample of an event. */
export interface LatencyEvent extends LatencySample {
  readonly event: string;
  /** The longest ever, in milliseconds. */
  readonly max: number;
}

function events(raw: unknown): LatencyEvent[] {
  return list(raw).map((item) => {
    const [event, timestamp, latency, max] = parts(item, 4);
    return { event: text(event), timestamp: whole(timestamp), latency: whole(latency), max: whole(max) };
  });
}

/**
 * The latest sample of each event.
 *
 * @since 2.8.13
 * @see https://redis.io/commands/latency-latest/
 */
export function latencyLatest<V = string>(): Command<LatencyEvent[], V> {
  return new Command<LatencyEvent[], V>(LATENCY_LATEST, [], events);
}

/**
 * Forgets the samples of events, or of all.
 *
 * @returns how many events had samples
 * @since 2.8.13
 * @see https://redis.io/commands/latency-reset/
 */
export function latencyReset<V = string>(...events: Many[]): Command<number, V> {
  return new Command<number, V>(LATENCY_RESET, addAny([], events, 'events'), whole);
}
