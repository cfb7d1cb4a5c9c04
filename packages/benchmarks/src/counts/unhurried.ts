/** A busy machine may stop this process for seconds; what is counted then must not be a timeout or a probe. */
export const UNHURRIED = { timeout: 600_000, connectTimeout: 600_000, liveness: { idle: 0 } } as const;
