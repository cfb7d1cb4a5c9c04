// Sessions of a web application: created with a random id, prolonged by each visit, gone after a time without one, and all
// sessions of a user ended at once. Written against KeyValue, so the backend is a matter of configuration; and tried here
// on an embedded server whose clock can be moved, as one would in a unit test.
//
//   npm run example examples/session-store.ts          (SSDB_URL=ssdb://localhost for a server of your own)
import { randomBytes } from 'node:crypto';
import type { KeyValue } from '@kv/core';
import { startEmbedded } from '@kv/embedded';
import { createSsdb, keyValue } from '@kv/ssdb';

interface Session {
  readonly user: string;
  readonly since: string;
}

/** `id` is `user:random`, and `:` is never part of the encoded user: sessions of one user have a common beginning. */
class SessionStore {
  readonly #kv: KeyValue;
  readonly #idleMs: number;

  constructor(kv: KeyValue, idleMs: number) {
    this.#kv = kv;
    this.#idleMs = idleMs;
  }

  async create(user: string): Promise<string> {
    const id = `${encodeURIComponent(user)}:${randomBytes(16).toString('base64url')}`;
    const session: Session = { user, since: new Date().toISOString() };
    await this.#kv.set(id, JSON.stringify(session), { ttl: this.#idleMs });
    return id;
  }

  /** The session, prolonged; `null` when there is none (any more). */
  async visit(id: string): Promise<Session | null> {
    const text = await this.#kv.get(id);
    if (text === null || !(await this.#kv.expire(id, this.#idleMs))) return null;
    return JSON.parse(text) as Session;
  }

  async end(id: string): Promise<boolean> {
    return this.#kv.del(id);
  }

  async endAllOf(user: string): Promise<number> {
    return this.#kv.clear(`${encodeURIComponent(user)}:`);
  }
}

const { SSDB_URL } = process.env;
await using embedded = await startEmbedded({ ssdb: true });
await using ssdb = createSsdb(SSDB_URL ?? embedded.ssdb.address);
const sessions = new SessionStore(keyValue(ssdb, { prefix: 'example-session:' }), 30 * 60_000);

const [laptop, phone, bob] = await Promise.all(['Ada L.', 'Ada L.', 'Bob'].map((user) => sessions.create(user)));
console.log('visit:', await sessions.visit(laptop ?? ''));
console.log('forged id:', await sessions.visit('Ada%20L.:AAAA'));
console.log(
  'logged out on the laptop:',
  await sessions.end(laptop ?? ''),
  '-> visit:',
  await sessions.visit(laptop ?? ''),
);
console.log('all other sessions of Ada ended:', await sessions.endAllOf('Ada L.'));
console.log('phone:', await sessions.visit(phone ?? ''), ' Bob:', (await sessions.visit(bob ?? ''))?.user);

if (SSDB_URL === undefined) {
  embedded.advance(29 * 60_000);
  console.log('29 minutes later, Bob:', (await sessions.visit(bob ?? ''))?.user);
  embedded.advance(29 * 60_000);
  console.log('29 minutes after that visit:', (await sessions.visit(bob ?? ''))?.user);
  embedded.advance(32 * 60_000);
  console.log('32 minutes without one:', await sessions.visit(bob ?? ''));
}
await sessions.endAllOf('Bob');
