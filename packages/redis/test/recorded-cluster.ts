/** The recorded replies of real clusters and sentinels, and what goes with them. */
import { ErrorReply, Reader, type Reply } from '@kv/resp-parser';
import { fromHex, loadVectors } from '@kv/testkit';
import type { Redirect } from '../src/topology/redirects.ts';

interface Step {
  readonly args?: readonly unknown[] | null;
  readonly note?: string;
  readonly resp2Hex?: string;
  /** `=`: the same bytes as in RESP2. */
  readonly resp3Hex?: string;
}

/** What `vectors/cluster.vectors.json` has. */
interface ClusterVectors {
  readonly scenarios: readonly {
    readonly name: string;
    /** Addresses and ids on the machine of the recording. */
    readonly nodes: Readonly<Record<string, { readonly port: number; readonly id?: string }>>;
    readonly steps: readonly Step[];
  }[];
  /** Keys and their slots. */
  readonly slots: readonly [key: string | { readonly hex: string }, slot: number][];
  /** Error texts and what they say, `from` being the server that said it. */
  readonly redirects: {
    readonly from: string;
    readonly cases: readonly [text: string, parsed: (Redirect & { readonly note?: string }) | null][];
  };
  /** Tips of the server's own command table: where a command is to run, and what becomes of the replies. */
  readonly policies: Readonly<Record<string, readonly [request: string | null, response: string | null, unknown]>>;
}

export const clusterVectors: ClusterVectors = loadVectors(new URL('./vectors/cluster.vectors.json', import.meta.url));

/** A recorded reply in every form that the client can see: RESP2 and RESP3, text and bytes. */
export interface Recorded {
  readonly scenario: string;
  readonly note: string | undefined;
  /** `RESP2 text`, `RESP2 bytes`, `RESP3 text`, `RESP3 bytes`. */
  readonly forms: readonly (readonly [name: string, reply: Reply])[];
}

/** All replies to a command, in the order of the recording. Error replies are left out. */
export function recordedCluster(...command: readonly string[]): Recorded[] {
  return clusterVectors.scenarios.flatMap(({ name, steps }) => {
    const asked = steps.filter(({ args }) => JSON.stringify(args) === JSON.stringify(command));
    return asked.map((step) => ({ scenario: name, note: step.note, forms: formsOf(step) })).filter(isAnswer);
  });
}

function isAnswer({ forms }: Recorded): boolean {
  return forms.every(([, reply]) => !(reply instanceof ErrorReply));
}

function formsOf({ resp2Hex = '', resp3Hex = '' }: Step): Recorded['forms'] {
  const frames = { RESP2: resp2Hex, RESP3: resp3Hex === '=' ? resp2Hex : resp3Hex };
  return Object.entries(frames).flatMap(([protocol, hex]) => [
    [`${protocol} text`, read(hex, 'utf8')] as const,
    [`${protocol} bytes`, read(hex, 'bytes')] as const,
  ]);
}

function read(hex: string, encoding: 'utf8' | 'bytes'): Reply {
  return new Reader({ encoding }).parse(fromHex(hex))[0] as Reply;
}
