import { type ErrorDetails, ReplyError } from '@kv/core';
import { replyCodes } from '@kv/gibson-parser';

/** Code 0: the server found the request malformed. The local checks of this package make it unlikely to be seen. */
export class MalformedRequestError extends ReplyError {
  constructor(details?: ErrorDetails) {
    super('The server calls the request malformed', details);
  }
}

/** Code 1 where it is not an everyday answer: INC or DEC met an item that had expired, twice in a row. */
export class NotFoundError extends ReplyError {
  constructor(details?: ErrorDetails) {
    super('The item is not there', details);
  }
}

/** Code 2: INC or DEC on a value that is not a number, or is stored compressed. */
export class NotANumberError extends ReplyError {
  constructor(details?: ErrorDetails) {
    super('The stored value is not a number', details);
  }
}

/** Code 3: the server is over its memory limit. It refuses SET and MSET until items expire or are deleted. */
export class MemoryLimitError extends ReplyError {
  constructor(details?: ErrorDetails) {
    super('The server is over its memory limit', details);
  }
}

/** Code 4: the item is locked against SET, DEL, INC, DEC and LOCK. */
export class KeyLockedError extends ReplyError {
  constructor(details?: ErrorDetails) {
    super('The item is locked', details);
  }
}

/**
 * The server stored something else than it was given, most often the beginning of a value longer than its own
 * `max_value_size`. The item exists now, with the wrong value, so the outcome is `unknown`.
 */
export class ValueCutError extends ReplyError {
  constructor(sent: number, stored: number) {
    const seen = sent === stored ? 'other bytes than were sent' : `${stored} bytes of the ${sent} that were sent`;
    super(`The server stored ${seen}; give the client the server's own limits`, { outcome: 'unknown' });
  }
}

const classes: readonly (readonly [string, { readonly prototype: object }])[] = [
  ['MalformedRequestError', MalformedRequestError],
  ['NotFoundError', NotFoundError],
  ['NotANumberError', NotANumberError],
  ['MemoryLimitError', MemoryLimitError],
  ['KeyLockedError', KeyLockedError],
  ['ValueCutError', ValueCutError],
];
for (const [name, { prototype }] of classes) Object.defineProperty(prototype, 'name', { value: name });

/** The error for a reply code that refuses; `undefined` for codes that answer, "not found" among them. */
export function refusalOf(code: number): ReplyError | undefined {
  switch (code) {
    case replyCodes.ERR:
      return new MalformedRequestError();
    case replyCodes.ERR_NAN:
      return new NotANumberError();
    case replyCodes.ERR_MEM:
      return new MemoryLimitError();
    case replyCodes.ERR_LOCKED:
      return new KeyLockedError();
    default:
      return undefined;
  }
}
