import { Command } from '@kv/ioredis';

export default Command;
