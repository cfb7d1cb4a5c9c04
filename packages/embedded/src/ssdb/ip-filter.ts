/** Which clients may connect, by the beginning of their address. */
export class IpFilter {
  #allowAll = true;
  readonly #allowed = new Set<string>();
  readonly #denied = new Set<string>();

  /** The rules as `list_allow_ip` shows them. */
  get allowed(): string[] {
    return [...(this.#allowAll ? ['all'] : []), ...[...this.#allowed].toSorted()];
  }

  /** The rules as `list_deny_ip` shows them: `all` when not all are allowed. */
  get denied(): string[] {
    return [...(this.#allowAll ? [] : ['all']), ...[...this.#denied].toSorted()];
  }

  /** A rule for some turns "all are allowed" off. */
  allow(rule: string): void {
    this.#allowAll = rule === 'all';
    if (!this.#allowAll) this.#allowed.add(rule);
  }

  disallow(rule: string): void {
    if (rule === 'all') this.#allowAll = false;
    this.#allowed.delete(rule);
  }

  deny(rule: string): void {
    if (rule === 'all') this.#allowAll = false;
    else this.#denied.add(rule);
  }

  undeny(rule: string): void {
    if (rule === 'all') this.#allowAll = true;
    this.#denied.delete(rule);
  }

  passes(host: string): boolean {
    const matches = (rule: string): boolean => host.startsWith(rule);
    if ([...this.#denied].some(matches)) return false;
    return this.#allowAll || [...this.#allowed].some(matches);
  }
}
