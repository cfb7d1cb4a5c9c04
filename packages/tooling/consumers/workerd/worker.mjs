// The tour inside workerd, over TCP. The addresses are bindings of the worker.
import { tour } from './tour.mjs';

export default {
  async test(_controller, { KV_REDIS, KV_SSDB, KV_GIBSON }) {
    await tour({ redis: KV_REDIS, ssdb: KV_SSDB, gibson: KV_GIBSON });
    console.log('over TCP: Redis, SSDB and Gibson');
  },
};
