export { MaxRetriesPerRequestError } from '@kv/ioredis';
