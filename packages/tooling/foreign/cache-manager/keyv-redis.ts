/** In place of the storage of another client: `new KeyvRedis(address)` makes ours. */
import { createKeyv, default as Store } from './keyv.ts';

export { createKeyv };
export default Store;
