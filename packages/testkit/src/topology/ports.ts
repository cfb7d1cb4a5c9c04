import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { listenOnLoopback, stopListening } from '../listening.ts';

/**
 * Below the range from which systems take the local ports of outgoing connections: such a connection would hold the
 * port for a minute after its end, also when the server wants it back after a restart.
 */
const FIRST = 10_240;
const LAST = 32_767;

/** Some different ports of 127.0.0.1 on which somebody could listen a moment ago; all have five digits. */
export async function freePorts(count: number): Promise<number[]> {
  const held: { server: Server; port: number }[] = [];
  try {
    while (held.length < count) {
      const one = await hold(randomInt(FIRST, LAST + 1));
      if (one !== undefined) held.push(one);
    }
    return held.map(({ port }) => port);
  } finally {
    await Promise.all(held.map(({ server }) => stopListening(server)));
  }
}

async function hold(port: number): Promise<{ server: Server; port: number } | undefined> {
  const server = createServer();
  try {
    await listenOnLoopback(server, port);
    return { server, port };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
}
