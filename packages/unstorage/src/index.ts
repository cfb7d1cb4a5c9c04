export { type KvDriver, type KvDriverOptions, type KvItem, type KvItemOptions, kvDriver } from './driver.ts';
