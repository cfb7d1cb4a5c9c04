/** Every command as a function that makes a command value: `gibson.send(get('key'))`. Nothing is sent by itself. */
export { count, keys, type MgetOptions, mdec, mdel, mget, minc, mlock, mset, mttl, munlock } from './multi.ts';
export { end, ping, stats } from './server.ts';
export {
  dec,
  del,
  get,
  inc,
  lock,
  metaAccess,
  metaCreated,
  metaEncoding,
  metaLeft,
  metaLock,
  metaSize,
  metaTtl,
  type SetOptions,
  set,
  ttl,
  unlock,
} from './single.ts';
