import { readFileSync } from 'node:fs';

/** A recorded block: text, or `{ hex }` where it is not plain printable UTF-8. */
export type RecordedBlock = string | { readonly hex: string };

/** One recorded request with its reply; `docs/wire` explains the fields. */
export interface Step {
  readonly command?: string;
  readonly args?: readonly RecordedBlock[];
  readonly requestHex: string;
  readonly replyHex: string;
  readonly decoded?: readonly RecordedBlock[];
  readonly decodedPackets?: readonly (readonly RecordedBlock[])[];
  readonly raw?: boolean;
  readonly redisProtocol?: boolean;
}

/** Steps that were recorded in a row, from an empty database. */
export interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** Everything that was recorded from a real SSDB 1.9.8. */
export function recordedScenarios(): Scenario[] {
  return JSON.parse(readFileSync(new URL('./vectors/ssdb.vectors.json', import.meta.url), 'utf8')) as Scenario[];
}

/** The bytes that a hex string stands for. */
export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

/** The bytes of a recorded block. */
export function blockBytes(block: RecordedBlock): Uint8Array {
  return typeof block === 'string' ? new TextEncoder().encode(block) : fromHex(block.hex);
}
