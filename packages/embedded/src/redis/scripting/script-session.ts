import { Client } from '../client.ts';
import type { Context } from '../command.ts';
import { resp2, resp3 } from '../replies.ts';
import { LuaFailure } from './lua-values.ts';
import { errorTable, raiseInScript, type ScriptHost } from './redis-api.ts';

const MS = 1000;

/** One run of a script: its commands are those of a client of its own, in the database of the one that called. */
export class ScriptSession implements ScriptHost {
  readonly #context: Context;
  readonly #client: Client;
  readonly #readOnly: boolean;
  readonly #startedAt: number = process.uptime();

  constructor(context: Context, readOnly: boolean) {
    const { client, state } = context;
    this.#context = context;
    this.#readOnly = readOnly;
    this.#client = new Client(client.id, client.line, state.clock.now(), true);
    this.#client.db = client.db;
    this.#client.executing = true;
    this.#client.inScript = true;
  }

  run(words: readonly string[]): string {
    return this.#context.state.runInScript(this.#client, words, this.#readOnly);
  }

  setProtocol(version: 2 | 3): void {
    this.#client.notation = version === 3 ? resp3 : resp2;
  }

  register(): void {
    raiseInScript('redis.register_function can only be called on FUNCTION LOAD command');
  }

  /** Whether `redis.setresp(3)` was called. */
  get keepsBooleans(): boolean {
    return this.#client.notation.version === 3;
  }

  /** A real server goes on and serves SCRIPT KILL; here nothing else can run meanwhile. */
  checkTime(): void {
    const limit = Number(this.#context.state.config.get('lua-time-limit'));
    if (limit <= 0 || (process.uptime() - this.#startedAt) * MS <= limit) return;
    throw new LuaFailure(errorTable(`EVAL: stopped after lua-time-limit (${limit} ms)`));
  }
}
