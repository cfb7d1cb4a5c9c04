// Sessions of a web application with Express and express-session, kept on a server of your choice. A browser comes twice
// and is known; then all sessions are ended.
//
//   npm run example examples/web-sessions.ts          (SSDB_URL=ssdb://localhost for a server of your own)
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { KvStore } from '@kv/connect';
import { createSsdb, keyValue } from '@kv/ssdb';
import express from 'express';
import session from 'express-session';

declare module 'express-session' {
  interface SessionData {
    visits?: number;
  }
}

await using client = createSsdb(process.env['SSDB_URL'] ?? 'embedded:');
const store = new KvStore(keyValue(client, { prefix: 'example-sess:' }));
const secret = process.env['SESSION_SECRET'] ?? 'a long random text';

const app = express();
app.use(session({ store, secret, resave: false, saveUninitialized: false, cookie: { maxAge: 30 * 60_000 } }));
app.get('/', (request, response) => {
  request.session.visits = (request.session.visits ?? 0) + 1;
  response.send(`visit ${request.session.visits}`);
});

const web = app.listen(0, '127.0.0.1');
await once(web, 'listening');
const url = `http://127.0.0.1:${(web.address() as AddressInfo).port}/`;

const first = await fetch(url);
const cookie = first.headers.getSetCookie()[0]?.split(';')[0] ?? '';
const second = await fetch(url, { headers: { cookie } });
console.log('a browser:', await first.text(), 'then', await second.text());
console.log('sessions:', await store.length());
await store.clear();
console.log('after they were ended:', await (await fetch(url, { headers: { cookie } })).text());
await store.clear();
web.close();
