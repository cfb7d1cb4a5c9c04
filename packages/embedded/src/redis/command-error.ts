/** A refusal: the text of the error reply, code first. */
export class CommandError extends Error {
  constructor(text: string) {
    super(text);
    this.name = 'CommandError';
  }
}

/** Refuses with the code ERR. */
export function refuse(text: string): never {
  throw new CommandError(`ERR ${text}`);
}

/** The key holds another type. */
export function wrongType(): never {
  throw new CommandError('WRONGTYPE Operation against a key holding the wrong kind of value');
}

/** Refuses options that do not fit. */
export function syntaxError(): never {
  return refuse('syntax error');
}
