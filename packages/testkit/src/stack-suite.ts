import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';

/** A call that ends with an error, and what closes the client that it was made with. */
export interface FailingCall {
  readonly call: () => Promise<unknown>;
  readonly close: () => Promise<unknown>;
}

/** How a backend makes failing calls. */
export interface StackBackend {
  /** Each by its name: on the client, in a pool, in a batch, …; the server refuses all of them. */
  refused(stackTraces: boolean): Promise<Readonly<Record<string, FailingCall>>>;
  /** A call to a server that accepts connections and says nothing. */
  silent(port: number, stackTraces: boolean): FailingCall;
}

/** Named in the stacks that it is part of. */
async function whereTheCallIsMade(call: () => Promise<unknown>): Promise<Error> {
  try {
    await call();
  } catch (error) {
    return error as Error;
  }
  throw new Error('the call did not fail');
}

/** The frames of a stack without those that only say who awaits: V8 has these by itself, where all callers await. */
const framesOf = ({ stack = '' }: Error): string =>
  stack
    .split('\n')
    .filter((frame) => !/^ +at async /.test(frame))
    .join('\n');

/** What the option `stackTraces` does, the same on all backends. */
export function stackSuite({ refused, silent }: StackBackend): void {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });

  async function listen(): Promise<number> {
    const sockets: Socket[] = [];
    const server: Server = createServer((socket) => void sockets.push(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return (server.address() as { port: number }).port;
  }

  async function errorOf({ call, close }: FailingCall): Promise<Error> {
    ends.push(close);
    return whereTheCallIsMade(call);
  }

  describe('with stackTraces', () => {
    it('the stack of a refusal begins with its message and leads to the call', async () => {
      for (const [name, failing] of Object.entries(await refused(true))) {
        const error = await errorOf(failing);
        expect(error.stack?.startsWith(String(error)), name).toBe(true);
        expect(framesOf(error), name).toContain('whereTheCallIsMade');
      }
    });

    it('the stack of a timeout leads to the call', async () => {
      const error = await errorOf(silent(await listen(), true));
      expect(error.stack?.startsWith(String(error))).toBe(true);
      expect(framesOf(error)).toContain('whereTheCallIsMade');
    });
  });

  it('without stackTraces no stack is taken when a call is made', async () => {
    const limit = Object.getOwnPropertyDescriptor(Error, 'captureStackTrace');
    const [[, failing] = []] = Object.entries(await refused(false));
    const timeout = silent(await listen(), false);
    let captured = 0;
    const capture = Error.captureStackTrace;
    Error.captureStackTrace = (...args) => {
      captured++;
      capture(...args);
    };
    try {
      await errorOf(failing as FailingCall);
      expect(framesOf(await errorOf(timeout))).not.toContain('whereTheCallIsMade');
      expect(captured).toBe(0);
    } finally {
      Object.defineProperty(Error, 'captureStackTrace', limit as PropertyDescriptor);
    }
  });
}
