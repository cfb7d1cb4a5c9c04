import { ConnectionError, type KvError, monotonicNow, TimeoutError } from '@kv/core';
import { endpointText, type Endpoint as HostAndPort } from './host.ts';
import { pause } from './pauses.ts';
import { type ChoiceContext, choosePrimary } from './primary-choice.ts';
import { chooseReplicas } from './replica-choice.ts';
import { ANSWER_TIMEOUT, type SentinelAnswer, type SentinelLink } from './sentinel-link.ts';
import type { KnownReplica, KnownSentinel, PrimaryView } from './sentinel-replies.ts';

/** How many sentinels are asked at once. */
const AT_ONCE = 3;

/** How long the other sentinels may take after the first has answered, ms. */
const GRACE = 200;

/** How the sentinels are reached. */
export interface SentinelsSetup {
  /** As the user wrote them: they are never forgotten, and names are looked up each time. */
  readonly seeds: readonly HostAndPort[];
  /** The name by which they know the primary. */
  readonly name: string;
  /** Makes a link to one more of them. */
  readonly link: (address: HostAndPort) => SentinelLink;
}

/** What the sentinels say, compared. */
export interface SentinelsView {
  readonly primary: PrimaryView;
  /** Those that are up, in the opinion of most sentinels that name this primary. */
  readonly replicas: readonly KnownReplica[];
  /** `host:port` of all other servers that are known, up or down, former primaries among them. */
  readonly others: ReadonlySet<string>;
}

/** The questions of one round, and what came back. */
class Round {
  readonly answers: SentinelAnswer[] = [];
  readonly failures: KvError[] = [];
  /** Those that have neither answered nor refused to: what ran into its deadline is still one of them. */
  pending = 0;
  readonly firstView: Promise<void>;
  /** A view that is newer than the one in use: waiting for the others would only mean more lost writes. */
  readonly news: Promise<void>;
  /** Resolves when all that were asked have answered or failed. */
  readonly settled: Promise<void>;
  readonly #isNews: (view: PrimaryView) => boolean;
  #noteSettled: () => void = () => undefined;
  #noteView: () => void = () => undefined;
  #noteNews: () => void = () => undefined;

  constructor(isNews: (view: PrimaryView) => boolean) {
    this.#isNews = isNews;
    this.firstView = new Promise((resolve) => {
      this.#noteView = resolve;
    });
    this.news = new Promise((resolve) => {
      this.#noteNews = resolve;
    });
    this.settled = new Promise((resolve) => {
      this.#noteSettled = resolve;
    });
  }

  get views(): PrimaryView[] {
    return this.answers.flatMap(({ view }) => view ?? []);
  }

  /** A sentinel has answered, or cannot be asked. */
  ended(result: SentinelAnswer | KvError): void {
    if (!(result instanceof TimeoutError)) this.pending--;
    if (result instanceof Error) this.failures.push(result);
    else this.#answered(result);
    if (this.pending === 0) this.#noteSettled();
  }

  #answered(answer: SentinelAnswer): void {
    this.answers.push(answer);
    if (answer.view === undefined) return;
    this.#noteView();
    if (this.#isNews(answer.view)) this.#noteNews();
  }
}

/**
 * The sentinels of one primary.
 *
 *     seeds ─┐                                         ┌─▶ highest config-epoch ─▶ the primary
 *            ├─▶ three at once ─▶ answers, compared ───┤
 *     found ─┘                                         └─▶ none: the next three
 *
 * One that is down, does not know the name, or is behind does not stop the others.
 */
export class Sentinels {
  readonly #setup: SentinelsSetup;
  readonly #links = new Map<string, SentinelLink>();
  /** The epoch of the newest view that was taken; -1 before the first. */
  #epoch = -1;
  /** `host:port` of all primaries that were in use. */
  readonly #primaries = new Set<string>();

  constructor(setup: SentinelsSetup) {
    this.#setup = setup;
    for (const seed of setup.seeds) this.#link(seed);
  }

  /**
   * Asks where the primary is.
   *
   * @param first the sentinel to ask first, because it has news
   * @throws KvError when no sentinel names a primary
   */
  async ask(context: ChoiceContext, first?: SentinelLink): Promise<SentinelsView> {
    const round = new Round(({ epoch, ...named }) => {
      return this.#epoch >= 0 && epoch > this.#epoch && endpointText(named.host, named.port) !== context.refused;
    });
    const order = this.#order(first);
    for (let i = 0; i < order.length; i += AT_ONCE) {
      await this.#askSome(order.slice(i, i + AT_ONCE), round);
      const primary = choosePrimary(round.views, context);
      if (primary !== undefined && primary.epoch >= this.#epoch) return this.#taken(primary, round);
    }
    return this.#taken(await this.#olderPrimary(round, context), round);
  }

  /**
   * All have been asked, and none knows the epoch in use. It goes back only with a new configuration, which all that are
   * there have, or most: when one is silent, the others may be behind, and their primary may have been replaced.
   */
  async #olderPrimary(round: Round, context: ChoiceContext): Promise<PrimaryView> {
    if (round.views.length > 0) await Promise.race([round.settled, round.news, pause(ANSWER_TIMEOUT)]);
    const primary = choosePrimary(round.views, context);
    if (primary === undefined) throw this.#nobody(round);
    const votes = round.views.filter(({ epoch }) => epoch === primary.epoch).length;
    if (primary.epoch >= this.#epoch || round.pending === 0 || votes * 2 > this.#links.size) return primary;
    const silent = `${round.pending} of ${this.#links.size} did not answer`;
    throw new ConnectionError(`The sentinels name a primary that was replaced (${silent})`);
  }

  /** What is being done to reach one of them, for messages. */
  get attempt(): string | undefined {
    for (const { attempt } of this.#links.values()) if (attempt !== undefined) return attempt;
    return undefined;
  }

  close(): void {
    for (const link of this.#links.values()) link.close();
    this.#links.clear();
  }

  #taken(primary: PrimaryView, { answers }: Round): SentinelsView {
    this.#epoch = primary.epoch;
    this.#update(answers);
    return { primary, replicas: chooseReplicas(answers, primary), others: this.#othersThan(primary, answers) };
  }

  #othersThan(primary: PrimaryView, answers: readonly SentinelAnswer[]): ReadonlySet<string> {
    const own = endpointText(primary.host, primary.port);
    const replicas = answers.flatMap((answer) => answer.replicas.map(({ host, port }) => endpointText(host, port)));
    const others = new Set([...this.#primaries, ...replicas]);
    others.delete(own);
    this.#primaries.add(own);
    return others;
  }

  /** Those that failed last time come last. */
  #order(first: SentinelLink | undefined): SentinelLink[] {
    const rank = (link: SentinelLink): number => (link === first ? 0 : link.failure === undefined ? 1 : 2);
    return [...this.#links.values()].sort((a, b) => rank(a) - rank(b));
  }

  /** One that failed last time is asked, but waited for only when the others have no view. */
  async #askSome(links: readonly SentinelLink[], round: Round): Promise<void> {
    const began = monotonicNow();
    const asked = links.map((link) => ({ wasWell: link.failure === undefined, end: this.#askOne(link, round) }));
    const soon = round.firstView.then(() => pause(GRACE));
    const well = asked.filter(({ wasWell }) => wasWell);
    await Promise.race([allEnded(well), round.news, soon, pause(ANSWER_TIMEOUT)]);
    const left = began + ANSWER_TIMEOUT - monotonicNow();
    if (round.views.length === 0) await Promise.race([allEnded(asked), soon, pause(left)]);
  }

  async #askOne(link: SentinelLink, round: Round): Promise<void> {
    let ended = false;
    const silence = pause(ANSWER_TIMEOUT).then(() => {
      if (!ended) round.failures.push(link.silent());
    });
    round.pending++;
    const answer = link.ask().then(
      (said) => round.ended(said),
      (error: KvError) => round.ended(error),
    );
    await Promise.race([answer, silence]);
    ended = true;
  }

  #nobody({ answers, failures }: Round): KvError {
    const [first] = failures;
    const refusal = failures.find(({ code }) => code === 'REPLY' || code === 'ARGUMENT');
    if (answers.length === 0 && refusal !== undefined && failures.every(({ code }) => code === refusal.code))
      return refusal;
    const unknown = answers.length > 0 ? `, ${answers.length} know no primary of this name` : '';
    const failed = first === undefined ? '' : `, first failure: ${first.message}`;
    const text = `No sentinel names a primary (${this.#links.size} asked${unknown}${failed})`;
    return new ConnectionError(text, first === undefined ? {} : { cause: first });
  }

  /** Adds the sentinels that were named; forgets those that are not seeds, say nothing, and are named no more. */
  #update(answers: readonly SentinelAnswer[]): void {
    const named = answers.flatMap(({ sentinels }) => sentinels);
    for (const sentinel of named) this.#add(sentinel);
    const kept = new Set([...this.#setup.seeds, ...named].map(({ host, port }) => endpointText(host, port)));
    for (const [key, link] of this.#links) {
      if (kept.has(key) || link.failure === undefined) continue;
      this.#links.delete(key);
      link.close();
    }
  }

  /** One that is known by another address, such as a name, is not added once more. */
  #add(sentinel: KnownSentinel): void {
    for (const { id, failure } of this.#links.values())
      if (id !== undefined && id === sentinel.id && failure === undefined) return;
    this.#link(sentinel);
  }

  #link(address: HostAndPort): void {
    const key = endpointText(address.host, address.port);
    if (!this.#links.has(key)) this.#links.set(key, this.#setup.link(address));
  }
}

function allEnded(asked: readonly { readonly end: Promise<void> }[]): Promise<unknown> {
  return Promise.all(asked.map(({ end }) => end));
}
