import { endpointText } from './host.ts';
import type { PrimaryView } from './sentinel-replies.ts';

/** What the choice between views takes into account in addition to them. */
export interface ChoiceContext {
  /** `host:port` of the primary in use. */
  readonly current?: string | undefined;
  /** `host:port` of a server that said of itself that it is a replica. */
  readonly refused?: string | undefined;
}

/** Views that name the same address. */
interface Candidate {
  readonly view: PrimaryView;
  readonly address: string;
  readonly votes: number;
}

/**
 * The primary that several sentinels name, of which some may be behind or wrong: the one with the highest epoch; of those
 * the one that most of them name, then the one in use. A server that says of itself that it is a replica loses against
 * one that more than half of the sentinels name. Undefined when there is no view.
 */
export function choosePrimary(
  views: readonly PrimaryView[],
  { current, refused }: ChoiceContext = {},
): PrimaryView | undefined {
  const inUse = ({ address }: Candidate): number => (address === current ? 1 : 0);
  const [first, ...others] = candidatesOf(views).sort(
    (a, b) => b.view.epoch - a.view.epoch || b.votes - a.votes || inUse(b) - inUse(a),
  );
  if (first === undefined || first.address !== refused) return first?.view;
  return (others.find(({ votes }) => votes * 2 > views.length) ?? first).view;
}

function candidatesOf(views: readonly PrimaryView[]): Candidate[] {
  const candidates = new Map<string, Candidate>();
  for (const view of views) {
    const address = endpointText(view.host, view.port);
    const known = candidates.get(address);
    const newest = known === undefined || known.view.epoch < view.epoch ? view : known.view;
    candidates.set(address, { view: newest, address, votes: (known?.votes ?? 0) + 1 });
  }
  return [...candidates.values()];
}
