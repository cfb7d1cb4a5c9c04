import type { Commands, Run } from '../command.ts';
import { CommandError, refuse } from '../command-error.ts';
import { OK } from '../replies.ts';

const watch: Run = ({ state, client }, keys) => {
  if (client.transaction !== undefined) refuse('WATCH inside MULTI is not allowed');
  for (const key of keys) state.watch(client, key);
  return OK;
};

/**
 * Sends the head of the array and each reply as it comes: what the transaction publishes to its own connection lands
 * between them, as in the server.
 */
const exec: Run = (context) => {
  const { state, client, wire } = context;
  const { transaction, conflicted } = client;
  if (transaction === undefined) return refuse('EXEC without MULTI');
  client.transaction = undefined;
  state.unwatch(client);
  if (transaction.refused) throw new CommandError('EXECABORT Transaction discarded because of previous errors.');
  if (conflicted) return wire.nilArray;
  client.reply(`*${transaction.commands.length}\r\n`);
  client.executing = true;
  try {
    for (const words of transaction.commands) state.run(client, words);
  } finally {
    client.executing = false;
  }
  return '';
};

/** Transactions. */
export const transactionCommands: Commands = {
  multi: ({ client }) => {
    if (client.transaction !== undefined) refuse('MULTI calls can not be nested');
    client.transaction = { commands: [], refused: false };
    return OK;
  },
  exec,
  discard: ({ state, client }) => {
    if (client.transaction === undefined) refuse('DISCARD without MULTI');
    client.transaction = undefined;
    state.unwatch(client);
    return OK;
  },
  watch,
  unwatch: ({ state, client }) => {
    state.unwatch(client);
    return OK;
  },
};
