import type { Client } from '../client.ts';
import { arg, type Commands, type Context, type Run } from '../command.ts';
import { refuse, syntaxError } from '../command-error.ts';
import { numberOf } from '../numbers.ts';
import { array, bulk, errorReply, flag, integer, OK } from '../replies.ts';
import type { RedisState } from '../state.ts';
import { checkName } from './connection.ts';

function typeOf(client: Client): string {
  const { channels, patterns, shards } = client.subscriptions;
  return channels.size + patterns.size + shards.size > 0 ? 'pubsub' : 'normal';
}

function flagsOf({ monitors }: RedisState, client: Client): string {
  const flags = [
    monitors.has(client) ? 'O' : '',
    typeOf(client) === 'pubsub' ? 'P' : '',
    client.transaction !== undefined ? 'x' : '',
    client.waiting !== undefined ? 'b' : '',
    client.conflicted ? 'd' : '',
    client.noEvict ? 'e' : '',
  ].join('');
  return flags === '' ? 'N' : flags;
}

/** One line as CLIENT LIST has it. */
function describe(state: RedisState, client: Client): string {
  const seconds = (since: number): number => Math.floor((state.clock.now() - since) / 1000);
  const { channels, patterns, shards } = client.subscriptions;
  const fields = {
    id: client.id,
    addr: client.line.peer.name,
    laddr: '127.0.0.1:0',
    fd: 0,
    name: client.name,
    age: seconds(client.createdAt),
    idle: seconds(client.seenAt),
    flags: flagsOf(state, client),
    db: client.db,
    sub: channels.size,
    psub: patterns.size,
    ssub: shards.size,
    multi: client.transaction?.commands.length ?? -1,
    qbuf: 0,
    'qbuf-free': 0,
    'argv-mem': 0,
    'multi-mem': 0,
    rbs: 0,
    rbp: 0,
    obl: 0,
    oll: 0,
    omem: 0,
    'tot-mem': 0,
    events: 'r',
    cmd: client.lastCommand,
    user: 'default',
    redir: -1,
    resp: client.notation.version,
  };
  return `${Object.entries(fields)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ')}\n`;
}

const CLIENT_TYPES = ['normal', 'master', 'replica', 'slave', 'pubsub'];

function checkType(text: string): string {
  const type = text.toLowerCase();
  return CLIENT_TYPES.includes(type) ? type : refuse(`Unknown client type '${text}'`);
}

const list: Run = ({ state, wire }, [option, ...values]) => {
  let shown = [...state.clients.values()];
  if (option?.toUpperCase() === 'TYPE' && values.length === 1) {
    const type = checkType(arg(values, 0));
    shown = shown.filter((client) => typeOf(client) === type);
  } else if (option?.toUpperCase() === 'ID' && values.length > 0) {
    const ids = values.map((text) => numberOf(text, 'Invalid client ID'));
    shown = ids.flatMap((id) => state.clients.get(id) ?? []);
  } else if (option !== undefined) syntaxError();
  return wire.text(shown.map((client) => describe(state, client)).join(''));
};

type Test = (client: Client) => boolean;

function killTest({ client: self }: Context, options: readonly string[]): Test {
  const tests: Test[] = [];
  let skipMe = true;
  for (let at = 0; at < options.length; at += 2) {
    const option = arg(options, at).toUpperCase();
    const value = options[at + 1] ?? syntaxError();
    if (option === 'ID') {
      const id = numberOf(value, 'client-id should be greater than 0');
      if (id < 1) refuse('client-id should be greater than 0');
      tests.push((client) => client.id === id);
    } else if (option === 'TYPE') {
      const type = checkType(value);
      tests.push((client) => typeOf(client) === type);
    } else if (option === 'ADDR') tests.push((client) => client.line.peer.name === value);
    else if (option === 'LADDR') tests.push(() => false);
    else if (option === 'USER') {
      if (value !== 'default') refuse(`No such user '${value}'`);
    } else if (option === 'SKIPME' && /^(yes|no)$/i.test(value)) skipMe = value.toLowerCase() === 'yes';
    else syntaxError();
  }
  return (client) => tests.every((test) => test(client)) && !(skipMe && client === self);
}

/** The old form names an address and answers OK; the new one answers how many. */
const kill: Run = (context, args) => {
  const { state, client: self } = context;
  const old = args.length === 1;
  const test = old ? (client: Client) => client.line.peer.name === args[0] : killTest(context, args);
  const victims = [...state.clients.values()].filter(test);
  for (const client of victims) {
    if (client === self) client.closing = true;
    else client.line.peer.destroy();
    state.forget(client);
  }
  if (old) return victims.length > 0 ? OK : refuse('No such client');
  return integer(victims.length);
};

const unblock: Run = ({ state }, [idText = '', mode = 'TIMEOUT', ...rest]) => {
  const asError = mode.toUpperCase() === 'ERROR';
  if (rest.length > 0 || (!asError && mode.toUpperCase() !== 'TIMEOUT')) {
    refuse('CLIENT UNBLOCK reason should be TIMEOUT or ERROR');
  }
  const client = state.clients.get(numberOf(idText));
  if (client?.waiting === undefined) return flag(false);
  const text = 'UNBLOCKED client unblocked via CLIENT UNBLOCK';
  state.wake(client, asError ? errorReply(text) : client.waiting.nil);
  return flag(true);
};

const replyModes: Run = ({ client }, [modeText = '']) => {
  const mode = modeText.toLowerCase();
  if (mode === 'on') client.replyMode = 'on';
  else if (mode === 'off') client.replyMode = 'off';
  else if (mode === 'skip') {
    if (client.replyMode === 'on') client.replyMode = 'skip';
  } else syntaxError();
  return mode === 'on' ? OK : '';
};

const pause: Run = ({ state }, [timeText = '', mode = 'ALL']) => {
  const message = 'timeout is not an integer or out of range';
  const ms = numberOf(timeText, message);
  if (ms < 0) refuse('timeout is negative');
  if (!/^(all|write)$/i.test(mode)) refuse('CLIENT PAUSE mode must be WRITE or ALL');
  state.pause(ms, mode.toLowerCase() === 'write');
  return OK;
};

/** Client-side caching is not there; this says so as a server where no one uses it. */
const trackingInfo: Run = ({ wire }) =>
  wire.map([bulk('flags'), wire.set([bulk('off')]), bulk('redirect'), integer(-1), bulk('prefixes'), array([])]);

/** Commands about clients. */
export const clientCommands: Commands = {
  'client|id': ({ client }) => integer(client.id),
  'client|getname': ({ client, wire }) => (client.name === '' ? wire.nil : bulk(client.name)),
  'client|setname': ({ client }, [name = '']) => {
    client.name = checkName(name);
    return OK;
  },
  'client|info': ({ state, client, wire }) => wire.text(describe(state, client)),
  'client|list': list,
  'client|kill': kill,
  'client|unblock': unblock,
  'client|reply': replyModes,
  'client|pause': pause,
  'client|unpause': ({ state }) => {
    state.unpause();
    return OK;
  },
  'client|no-evict': ({ client }, [mode = '']) => {
    if (!/^(on|off)$/i.test(mode)) syntaxError();
    client.noEvict = mode.toLowerCase() === 'on';
    return OK;
  },
  'client|getredir': () => integer(-1),
  'client|trackinginfo': trackingInfo,
};
