// What a real server answers, where the servers that the tests make up answer OK to all that ioredis does not ask.
// Names of commands are told as ioredis sends them: in lower case, but for the second word of CLUSTER.
const CONTAINERS = new Set(['client', 'config', 'function', 'object', 'pubsub', 'script', 'sentinel']);

exports.asked = ([name, ...args]) => {
  const command = String(name).toLowerCase();
  if (CONTAINERS.has(command) && args.length > 0) args[0] = String(args[0]).toLowerCase();
  return [command, ...args];
};

const HELLO = '%4\r\n+server\r\n+redis\r\n+version\r\n+7.0.0\r\n+proto\r\n:3\r\n+role\r\n+master\r\n';

const EPOCH = 'cluster_current_epoch:1\r\n';

const ANSWERS = {
  'hello 3': ({ raw }) => raw(HELLO),
  'client id': () => 1,
  'cluster INFO': () => `cluster_state:ok\r\n${EPOCH}`,
  'sentinel master': () => ['config-epoch', '1'],
  'sentinel myid': () => 'id',
  'sentinel sentinels': () => [],
  'sentinel replicas': ({ again, argv }) => again(['sentinel', 'slaves', argv[2]]) ?? [],
  role: () => ['master', 0, []],
  evalsha: () => new Error('NOSCRIPT No matching script.'),
  ping: refusalOfInfo,
};

// What keeps ioredis from INFO, which it asks for in its handshake, keeps others from PING.
function refusalOfInfo({ again }) {
  const said = again(['info']);
  return said instanceof Error ? said : 'PONG';
}

const isNothing = (given) => given === undefined || given === null || given === '+OK' || typeof given === 'number';

exports.answer = (argv, given, raw, again) => {
  if (argv.join(' ') === 'cluster INFO' && typeof given === 'string') return `${given}\r\n${EPOCH}`;
  if (!isNothing(given)) return given;
  const real = ANSWERS[argv.slice(0, 2).join(' ')] ?? ANSWERS[argv[0]];
  return real?.({ raw, again, argv }) ?? given;
};
