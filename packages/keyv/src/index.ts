export { KeyvStore, type KeyvStoreCapabilities, type KeyvStoreEntry, type KeyvStoreMethod } from './keyv-store.ts';
export { Keyv5Store, type Keyv5StoreEntry } from './keyv5-store.ts';
