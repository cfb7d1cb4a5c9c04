import Redis from '@kv/ioredis';

export default Redis;
