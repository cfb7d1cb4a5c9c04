/** In place of the storage in memory that the tests make of Keyv: the same Keyv, with ours below it, each empty at first. */
import { Keyv5Store } from '@kv/keyv';
import { ownPrefix } from '@kv/testkit/adapter-servers';
import { Keyv, type KeyvOptions } from 'keyv';
import { server } from './store.ts';

/** A storage of our own, on the server of this run. */
export default class Store extends Keyv5Store {
  constructor() {
    super(server.open(ownPrefix()));
  }
}

/** As `new Keyv(options)`, and its instances are instances of Keyv. */
const KeyvOnServer = new Proxy(Keyv, {
  construct: (target, [options = {}]: [KeyvOptions?]) => new target({ store: new Store(), ...options }),
});

/** Makes a Keyv, as the package `@keyv/redis` does. */
export const createKeyv = (): Keyv => new KeyvOnServer();

export { KeyvOnServer as Keyv };
