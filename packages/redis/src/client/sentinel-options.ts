import { COMMON_RULES, type OptionRule, Rule, type TlsOptions } from '@kv/core';
import type { Credentials, CredentialsProvider } from '../protocol/handshake.ts';
import { readCredentials, readLogin, readName } from './login-options.ts';

/** How sentinels are reached, which have users and certificates of their own. */
export interface SentinelAccess {
  /**
   * ACL user of the sentinels.
   *
   * @default their user `default`
   */
  readonly username?: string | undefined;
  /**
   * The password of the primary is never sent to a sentinel.
   *
   * @default none
   */
  readonly password?: string | undefined;
  /** User and password, or a function that is asked at every handshake. Instead of a password. */
  readonly credentials?: Credentials | CredentialsProvider | undefined;
  /**
   * TLS options; `true` = those of Node, `false` = none.
   *
   * @default as for the primary
   */
  readonly tls?: boolean | TlsOptions | undefined;
  /**
   * Name for CLIENT SETNAME.
   *
   * @default none
   */
  readonly name?: string | undefined;
}

const RULES = {
  username: Rule.word,
  password: Rule.text,
  credentials: { read: readCredentials },
  tls: COMMON_RULES['tls'] as OptionRule,
  name: { ...Rule.text, read: readName },
} satisfies Record<keyof SentinelAccess, OptionRule>;

const fields = Rule.nested(RULES);

/** Checks the option `sentinel`. */
export const sentinelRule: OptionRule = {
  read: (value, name) => {
    const access = fields.read(value, name) as SentinelAccess;
    readLogin(access, `${name}.`);
    return access;
  },
};

/**
 * Options and query of a URL, with `sentinelUser` and `sentinelPassword` of the query moved to the option `sentinel`,
 * which wins.
 */
export function withoutSentinelQuery<O extends { readonly sentinel?: SentinelAccess | undefined }>(
  options: O,
  query: ReadonlyMap<string, string>,
): [options: O, query: ReadonlyMap<string, string>] {
  const username = query.get('sentinelUser');
  const password = query.get('sentinelPassword');
  if (username === undefined && password === undefined) return [options, query];
  const given = { ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) };
  const rest = new Map(query);
  rest.delete('sentinelUser');
  rest.delete('sentinelPassword');
  return [{ ...options, sentinel: { ...given, ...Object(options.sentinel) } }, rest];
}
