import type { Redirect as CoreRedirect } from '@kv/core';
import { type Endpoint, hostOf, portOf } from './host.ts';
import { SLOT_COUNT } from './slot.ts';

/** What an error reply says about where, or when, the command can be done. */
export type Redirect =
  /** `moved`: the slot has another owner. `ask`: this call is for another server, the next call is not. */
  | ({ readonly kind: 'moved' | 'ask'; readonly slot: number } & Endpoint)
  /** The slot is on another server, which has no host name yet: only a new map can say where. */
  | { readonly kind: 'refresh' }
  | { readonly kind: RefusalKind };

/** Refusals that name no other server; the first word of the error in words. */
export type RefusalKind =
  /** Some keys of the command have moved and some have not. */
  | 'tryAgain'
  /** The slot has no owner, or the cluster serves nothing. */
  | 'clusterDown'
  /** Keys of several slots in one command or transaction. */
  | 'crossSlot'
  /** A write reached a replica. */
  | 'readOnly'
  /** A replica has lost its primary and serves no old data. */
  | 'masterDown'
  /** The server reads its data and serves nothing yet. */
  | 'loading'
  /** A blocked command was ended because its server is no primary any more. */
  | 'unblocked';

const REFUSALS: ReadonlyMap<string, RefusalKind> = new Map([
  ['TRYAGAIN', 'tryAgain'],
  ['CLUSTERDOWN', 'clusterDown'],
  ['CROSSSLOT', 'crossSlot'],
  ['READONLY', 'readOnly'],
  ['MASTERDOWN', 'masterDown'],
  ['LOADING', 'loading'],
  ['UNBLOCKED', 'unblocked'],
]);

/** The longest text that can be a redirect: a slot, a host of 253 bytes and a port. */
const LONGEST = 280;

const REDIRECT = /^(MOVED|ASK) (0|[1-9]\d{0,4}) ([^ ]*):(\d{1,5})$/;

/**
 * Reads the text of an error reply that `from` sent; without a host it speaks of `from` itself. Undefined for any
 * other error: what only looks like a redirect is none, because scripts and modules can answer with any text.
 */
export function parseRedirect(text: string, from: Pick<Endpoint, 'host'>): Redirect | undefined {
  if (text.startsWith('MOVED') || text.startsWith('ASK')) return parseTarget(text, from);
  const space = text.indexOf(' ');
  const kind = REFUSALS.get(space < 0 ? text : text.slice(0, space));
  return kind === undefined ? undefined : { kind };
}

function parseTarget(text: string, from: Pick<Endpoint, 'host'>): Redirect | undefined {
  const [, word, digits = '', named = '', portDigits = ''] = (text.length <= LONGEST && REDIRECT.exec(text)) || [];
  const slot = Number(digits);
  const port = portOf(portDigits);
  if (word === undefined || slot >= SLOT_COUNT || port === undefined) return undefined;
  if (named === '?') return { kind: 'refresh' };
  const host = named === '' ? from.host : hostOf(named);
  return host === undefined ? undefined : { kind: word === 'MOVED' ? 'moved' : 'ask', slot, host, port };
}

/** Of a transaction whose server became a replica before EXEC. */
const DEMOTED = /\bbecause of: READONLY\b/;

const KINDS = {
  tryAgain: 'later',
  clusterDown: 'unavailable',
  readOnly: 'unavailable',
  masterDown: 'unavailable',
  loading: 'unavailable',
} as const;

/** What an error of a cluster's server means for its router, if anything. The host is empty when it is the server's own. */
export function redirectOf(text: string): CoreRedirect | undefined {
  if (text.startsWith('EXECABORT')) return { kind: DEMOTED.test(text) ? 'unavailable' : 'discarded' };
  const redirect = parseRedirect(text, { host: '' });
  if (redirect === undefined || redirect.kind === 'crossSlot' || redirect.kind === 'unblocked') return undefined;
  if (redirect.kind === 'refresh') return { kind: 'unavailable' };
  if (redirect.kind !== 'moved' && redirect.kind !== 'ask') return { kind: KINDS[redirect.kind] };
  const { slot, host, port } = redirect;
  return { kind: redirect.kind === 'moved' ? 'moved' : 'once', part: slot, address: { host, port } };
}
