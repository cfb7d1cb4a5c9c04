export {
  KvStore,
  type KvStoreOptions,
  type SessionCallback,
  type SessionSerializer,
} from './store.ts';
