/** Something outside the router that goes where slots go. */
export interface MapFollower {
  /** Whether it waits for another map: one is asked for often then. */
  readonly isWaiting: boolean;
  /** There is a new map, be it like the one before. */
  mapKnown(): void;
}
