import type { Context } from './command.ts';
import { bulk, bulks, integer } from './replies.ts';
import { type Scored, ScoredMembers } from './values.ts';

/** The members of a key that is not there. */
export const NONE: ScoredMembers = new ScoredMembers();

/** The members of a sorted set; refuses another type. */
export function membersOf({ db }: Context, key: string): ScoredMembers {
  return db.get('zset', key)?.members ?? NONE;
}

/** Members, with scores if wanted. */
export function membersReply({ wire }: Context, items: readonly Scored[], withScores: boolean): string {
  if (!withScores) return bulks(items.map(({ member }) => member));
  return wire.pairs(items.map(({ member, score }) => [bulk(member), wire.double(score)]));
}

/** A score, or null. */
export function scoreOrNil({ wire }: Context, score: number | undefined): string {
  return score === undefined ? wire.nil : wire.double(score);
}

/** Removes members and replies how many. */
export function removeItems(context: Context, key: string, items: readonly Scored[], event: string): string {
  const value = context.db.get('zset', key);
  for (const { member } of items) value?.members.delete(member);
  if (items.length > 0) context.db.touch(key, 'z', event);
  return integer(items.length);
}
