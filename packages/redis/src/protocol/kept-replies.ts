/** Replies that something keeps, beside the caller who gets them. */
import { type AnyCommand, type Arg, Flag, type Spec } from '@kv/core';
import type { Reply } from '@kv/resp-parser';

/** A command that is written behind another, whose reply goes to no caller. */
export interface PrefacedSpec extends Spec {
  /** The command in front, encoded. */
  readonly preface: string;
}

/** A command whose reply is kept. */
export interface KeptCommand extends AnyCommand {
  /** The same command, of which nothing is kept. */
  plain(): AnyCommand;
  /** The command for some of its keys, by their positions, where it can be split. */
  part?(keys: readonly Arg[], positions: readonly number[]): AnyCommand;
}

/** The command, if its reply is kept. */
export function keptOf(command: AnyCommand): KeptCommand | undefined {
  return (command.flags & Flag.kept) !== 0 && 'plain' in command ? (command as KeptCommand) : undefined;
}

/** Takes replies of one connection that are kept. */
export interface KeptReplies {
  /** Returns whether the reply is that of a command in front, so that no caller waits for it. */
  takes(command: AnyCommand, reply: Reply): boolean;
}

/** The command in front of a command, encoded; nothing for most. */
export function prefaceOf(spec: Spec): string {
  return (spec as Partial<PrefacedSpec>).preface ?? '';
}
