/** Limits of a Gibson server; the defaults are those of its sample configuration. */
export interface GibsonLimits {
  /** Bytes of opcode and payload; a longer request closes the connection. Default: 2 MiB. */
  readonly maxRequestSize: number;
  /** Bytes of a key, in SET together with the TTL text and the separator; longer keys are cut. Default: 1024. */
  readonly maxKeySize: number;
  /** Bytes of a value; longer values are cut. Default: 2096127. */
  readonly maxValueSize: number;
  /** Bytes of a list reply; a longer one closes the connection. Default: 15 MiB. */
  readonly maxResponseSize: number;
  /** Connections; one more is accepted and closed. Default: 255. */
  readonly maxClients: number;
  /** Seconds; longer times to live are cut to it, and then to 16 bits. Default: 2592000. */
  readonly maxItemTtl: number;
  /** Bytes in use above which SET and MSET are refused. Default: 1 GiB. */
  readonly maxMemory: number;
  /** Values longer than this many bytes are kept compressed if that saves at least 4 bytes. Default: 4096. */
  readonly compression: number;
  /** Seconds between two sweeps that collect expired items. Default: 15. */
  readonly expiredCron: number;
  /**
   * What to do with a request whose four length bytes arrive in two pieces. A real server loses or misreads such a
   * request (`false`); `true` waits for the rest. Default: `false`.
   */
  readonly acceptSplitLength: boolean;
}

/** The limits of the sample configuration. */
export const packagedLimits: GibsonLimits = {
  maxRequestSize: 2 * 1024 * 1024,
  maxKeySize: 1024,
  maxValueSize: 2_096_127,
  maxResponseSize: 15 * 1024 * 1024,
  maxClients: 255,
  maxItemTtl: 2_592_000,
  maxMemory: 1024 * 1024 * 1024,
  compression: 4096,
  expiredCron: 15,
  acceptSplitLength: false,
};

/**
 * The limits of the sample configuration with those that were given in their place.
 *
 * @throws RangeError for an unknown name, and for anything but a whole number of at least 0 (`expiredCron`: 1).
 */
export function gibsonLimits(given: Partial<GibsonLimits>): GibsonLimits {
  const limits: Record<string, unknown> = { ...packagedLimits };
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(packagedLimits, name)) throw new RangeError(`gibson.limits.${name}: unknown option`);
    if (value !== undefined) limits[name] = checked(name, value);
  }
  return limits as unknown as GibsonLimits;
}

function checked(name: string, value: unknown): unknown {
  if (name === 'acceptSplitLength') {
    if (typeof value === 'boolean') return value;
    throw new RangeError(`gibson.limits.${name}: expected true or false`);
  }
  const least = name === 'expiredCron' ? 1 : 0;
  if (Number.isSafeInteger(value) && (value as number) >= least) return value;
  throw new RangeError(`gibson.limits.${name}: expected a whole number of at least ${least}`);
}
