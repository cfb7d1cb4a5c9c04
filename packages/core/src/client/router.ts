import type { AnyCommand } from '../command/command.ts';
import type { KvError } from '../errors.ts';
import type { Request } from '../request/request.ts';
import type { Endpoint } from './endpoint.ts';

/** Decides which endpoint a command goes to. */
export interface Router {
  readonly endpoints: readonly Endpoint[];
  pick(command: AnyCommand): Endpoint;
  /** Where a request may be tried again whose connection was lost; `undefined`: nowhere. */
  retry(request: Request, error: KvError): Endpoint | undefined;
}

/** Everything goes to one place. */
export class SingleRouter implements Router {
  readonly endpoints: readonly Endpoint[];
  readonly #endpoint: Endpoint;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
    this.endpoints = [endpoint];
  }

  pick(): Endpoint {
    return this.#endpoint;
  }

  retry(): Endpoint {
    return this.#endpoint;
  }
}
