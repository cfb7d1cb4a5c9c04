import type { Endpoint } from '../src/client/endpoint.ts';
import type { Router, RouterHost } from '../src/client/router.ts';
import type { AnyCommand } from '../src/command/command.ts';
import type { Request } from '../src/request/request.ts';
import type { Address } from '../src/transport/transport.ts';

/** A router over two servers: `second` says which commands go to the second; what the first lost moves there, too. */
export function twoServers(
  [first, second]: readonly [Address, Address],
  isSecond: (command: AnyCommand) => boolean,
): (host: RouterHost) => Router {
  return (host) => {
    const endpoints = [endpoint(host, first), endpoint(host, second)] as const;
    const pick = ({ command }: Request): Endpoint => endpoints[isSecond(command) ? 1 : 0];
    return {
      endpoints,
      get isReady() {
        return endpoints.some(({ shared }) => shared.isReady);
      },
      submit: (request) => pick(request).shared.submit(request),
      submitUnit: (members) => pick(members[0] as Request).shared.submitUnit(members),
      acquire: (request) => pick(request)[request.exclusive ?? 'shared'].submit(request),
      start: () => endpoints[0].shared.start(),
      requeue: (requests, from) => (from === endpoints[0] ? moveAll(requests, endpoints[1]) : requests),
    };
  };
}

function endpoint(host: RouterHost, address: Address): Endpoint {
  return host.endpoint({ address, addressText: 'memory' });
}

/** Units stay together. */
function moveAll(requests: readonly Request[], { shared }: Endpoint): readonly Request[] {
  for (const request of requests) {
    if (request.unit === null) shared.submit(request);
    else if (request.unit.members[0] === request) shared.submitUnit(request.unit.members);
  }
  return [];
}
