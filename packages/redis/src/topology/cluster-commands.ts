/** The library's own commands that a cluster needs. */
import { type AnyCommand, Command, Flag, read, spec } from '@kv/core';

const same = (raw: unknown): unknown => raw;

/** Lets the next command, or transaction, reach a slot that is on its way to this server. May be repeated with it. */
export const ASKING: AnyCommand = new Command(spec('ASKING', Flag.read), [], same);

/** Lets a connection to a replica read. */
export const READONLY: AnyCommand = new Command(spec('READONLY', Flag.read), [], same);

export const CLUSTER_SLOTS: AnyCommand = new Command(read('CLUSTER SLOTS', null), [], same);
export const CLUSTER_INFO: AnyCommand = new Command(read('CLUSTER INFO', null), [], same);
