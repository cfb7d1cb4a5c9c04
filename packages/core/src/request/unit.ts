import type { KvError } from '../errors.ts';
import type { Redirect } from './redirect.ts';

/** What the server said to one member: a reply, or a refusal and perhaps where the command may run instead. */
export interface Answer {
  readonly raw?: unknown;
  readonly error?: Error;
  readonly redirect?: Redirect | undefined;
}

/**
 * Requests that are sent, canceled, moved and failed together, contiguous on one connection. Their replies are kept
 * until the last one is in, because only then it is known whether the unit ran or has to go to another server.
 */
export class Unit<Member> {
  readonly members: readonly Member[];
  #answers: Answer[] = [];

  constructor(members: readonly Member[]) {
    this.members = members;
  }

  /** Members to which the server has not said anything. */
  get unanswered(): readonly Member[] {
    return this.members.slice(this.#answers.length);
  }

  /** Keeps an answer. Returns whether it was the last one. */
  answered(answer: Answer): boolean {
    this.#answers.push(answer);
    return this.#answers.length === this.members.length;
  }

  /**
   * Where the whole unit may run, when nothing of it ran: its last member was refused with a redirect. A refusal of
   * kind `discarded` says that a member before it was the reason; then that member's redirect counts.
   */
  get redirect(): { readonly redirect: Redirect; readonly error: KvError } | undefined {
    const last = this.#answers.at(-1);
    if (last?.redirect === undefined) return undefined;
    const answer = last.redirect.kind === 'discarded' ? this.#answers.find(isRedirected) : last;
    return answer?.redirect === undefined ? undefined : { redirect: answer.redirect, error: answer.error as KvError };
  }

  /** Gives each member its answer. */
  settle(settle: (member: Member, answer: Answer) => void): void {
    const answers = this.#answers;
    this.#answers = [];
    for (let i = 0; i < answers.length; i++) settle(this.members[i] as Member, answers[i] as Answer);
  }

  /** Forgets the answers, because the unit is written once more. */
  restart(): void {
    this.#answers = [];
  }
}

function isRedirected({ redirect }: Answer): boolean {
  return redirect !== undefined && redirect.kind !== 'discarded';
}
