export * from '@kv/ioredis';
export { default } from '@kv/ioredis';
