import { fromHex, loadVectors } from '@kv/testkit';

/** A recorded block: text, or `{ hex }` where it is not plain printable UTF-8. */
export type RecordedBlock = string | { readonly hex: string };

/** One recorded request with its reply. */
export interface Step {
  readonly command?: string;
  readonly args?: readonly RecordedBlock[];
  readonly requestHex: string;
  readonly replyHex: string;
  readonly decoded?: readonly RecordedBlock[];
  readonly decodedPackets?: readonly (readonly RecordedBlock[])[];
  readonly raw?: boolean;
  readonly volatile?: boolean;
  readonly batch?: number;
  readonly conn?: string;
  readonly waitMs?: number;
  readonly noReply?: boolean;
  readonly closed?: boolean;
  readonly endsConnection?: boolean;
  readonly redisProtocol?: boolean;
}

/** Steps that were recorded in a row, from an empty database. */
export interface Scenario {
  readonly name: string;
  readonly config?: { readonly auth?: readonly string[]; readonly readonly?: boolean; readonly disposable?: boolean };
  readonly steps: readonly Step[];
}

/** Everything that was recorded from a real SSDB 1.9.8. */
export function recordedScenarios(): Scenario[] {
  return loadVectors<Scenario[]>(new URL('./vectors/ssdb.vectors.json', import.meta.url));
}

/** A recorded block as a caller gives it: text, or bytes. */
export function block(recorded: RecordedBlock): string | Uint8Array {
  return typeof recorded === 'string' ? recorded : fromHex(recorded.hex);
}

/** A recorded block as a client gives it back as text. */
export function blockText(recorded: RecordedBlock): string {
  return typeof recorded === 'string'
    ? recorded
    : new TextDecoder('utf-8', { ignoreBOM: true }).decode(fromHex(recorded.hex));
}
