import { Cluster } from '@kv/ioredis';

export default Cluster;
