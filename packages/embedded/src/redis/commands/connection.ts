import { arg, type Commands, type Context, type Run } from '../command.ts';
import { CommandError, refuse, syntaxError } from '../command-error.ts';
import { intOf, numberOf } from '../numbers.ts';
import { array, bulk, integer, OK, resp2, resp3, status } from '../replies.ts';
import { VERSION } from '../version.ts';

const ping: Run = ({ client, wire, name }, [message, ...rest]) => {
  if (rest.length > 0) refuse(`wrong number of arguments for '${name}' command`);
  if (client.subscribed && wire.version === 2) return array([bulk('pong'), bulk(message ?? '')]);
  return message === undefined ? status('PONG') : bulk(message);
};

function signIn({ state, client }: Context, user: string, password: string): void {
  const secret = state.config.get('requirepass') ?? '';
  if (user !== 'default' || (secret !== '' && password !== secret)) {
    throw new CommandError('WRONGPASS invalid username-password pair or user is disabled.');
  }
  client.authenticated = true;
}

const auth: Run = (context, [first = '', second, ...rest]) => {
  if (rest.length > 0) syntaxError();
  if (second === undefined && (context.state.config.get('requirepass') ?? '') === '') {
    refuse(
      'AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
    );
  }
  signIn(context, second === undefined ? 'default' : first, second ?? first);
  return OK;
};

/** Names have only printable characters without spaces. */
export function checkName(name: string): string {
  if (/[^!-~]/.test(name)) refuse('Client names cannot contain spaces, newlines or special characters.');
  return name;
}

const NEEDS_AUTH =
  'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time';

const hello: Run = (context, [versionText, ...options]) => {
  const { client } = context;
  const version =
    versionText === undefined
      ? client.notation.version
      : numberOf(versionText, 'Protocol version is not an integer or out of range');
  if (version !== 2 && version !== 3) throw new CommandError('NOPROTO unsupported protocol version');
  let name: string | undefined;
  let user: readonly [string, string] | undefined;
  for (let at = 0; at < options.length; ) {
    const option = arg(options, at).toUpperCase();
    const left = options.length - at - 1;
    if (option === 'AUTH' && left >= 2) {
      user = [arg(options, at + 1), arg(options, at + 2)];
      at += 3;
    } else if (option === 'SETNAME' && left >= 1) {
      name = checkName(arg(options, at + 1));
      at += 2;
    } else refuse(`Syntax error in HELLO option '${arg(options, at)}'`);
  }
  if (user !== undefined) signIn(context, ...user);
  if (!client.authenticated) throw new CommandError(NEEDS_AUTH);
  if (name !== undefined) client.name = name;
  client.notation = version === 3 ? resp3 : resp2;
  return greeting(context);
};

function greeting({ client, state }: Context): string {
  const text = (key: string, value: string): string[] => [bulk(key), bulk(value)];
  return client.notation.map([
    ...text('server', 'redis'),
    ...text('version', VERSION),
    ...[bulk('proto'), integer(client.notation.version)],
    ...[bulk('id'), integer(client.id)],
    ...text('mode', state.cluster === undefined ? 'standalone' : 'cluster'),
    ...text('role', 'master'),
    ...[bulk('modules'), array([])],
  ]);
}

const select: Run = ({ state, client }, [indexText = '']) => {
  const index = intOf(indexText);
  if (index < 0 || index >= state.databases.length) refuse('DB index is out of range');
  client.db = index;
  return OK;
};

/** The connection as it was when it was new. */
const reset: Run = ({ state, client }) => {
  client.transaction = undefined;
  state.unwatch(client);
  state.pubsub.forget(client);
  state.monitors.delete(client);
  client.notation = resp2;
  client.db = 0;
  client.name = '';
  client.noEvict = false;
  client.asking = false;
  client.replyMode = 'on';
  client.authenticated = (state.config.get('requirepass') ?? '') === '';
  return status('RESET');
};

/** Commands about the connection itself. */
export const connectionCommands: Commands = {
  ping,
  echo: (_, [message = '']) => bulk(message),
  auth,
  hello,
  select,
  reset,
  quit: ({ client }) => {
    client.closing = true;
    return OK;
  },
};
