import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';

/** Where a client is to connect to. */
export interface ConnectTarget {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

/** A client, as far as these cases use it. */
export interface ConnectingClient {
  get(key: string): Promise<unknown>;
  close(options: { readonly timeout: number }): Promise<void>;
}

type Failure = Error & { readonly code?: string; readonly outcome?: string; readonly cause?: Failure };

/** A fatal alert as servers with TLS send it to whoever does not speak TLS. */
const ALERT = Uint8Array.of(0x15, 3, 3, 0, 2, 2, 70);

/** The timeout of calls that never time out: such a call ends only by what the attempt to connect shows. */
const NO_DEADLINE = 0;

/** The text of an error with those of its causes. */
function wordsOf(error: Failure | undefined): string {
  return error === undefined ? '' : `${error.message}\n${wordsOf(error.cause)}`;
}

/**
 * What a client says when it gets no connection: which attempt is under way, and that one side of it speaks TLS and the
 * other does not.
 */
export function connectErrorSuite(open: (target: ConnectTarget, timeout: number) => ConnectingClient): void {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });

  /** A server that treats each connection in this way. */
  async function listen(serve: (socket: Socket) => void): Promise<number> {
    const sockets: Socket[] = [];
    const server: Server = createServer((socket) => {
      sockets.push(socket.on('error', () => undefined));
      serve(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return (server.address() as AddressInfo).port;
  }

  async function failure(target: Omit<ConnectTarget, 'host'>, timeout = 300): Promise<Failure> {
    const client = open({ ...target, host: '127.0.0.1' }, timeout);
    ends.push(() => client.close({ timeout: 0 }));
    return (await client.get('a').catch((error: unknown) => error)) as Failure;
  }

  describe('a plain connection to a port with TLS', () => {
    it('is said to be one at once, when the server answers with a TLS record', async () => {
      const port = await listen((socket) => socket.once('data', () => socket.end(ALERT)));
      const error = await failure({ port, tls: false }, NO_DEADLINE);
      expect(error).toMatchObject({ code: 'CONNECTION', outcome: 'notSent' });
      expect(error.message).toContain('The server speaks TLS, which the address does not ask for');
    });

    it('is said to be one perhaps, when the server hangs up without a byte', async () => {
      const port = await listen((socket) => socket.once('data', () => socket.destroy()));
      const error = await failure({ port, tls: false });
      expect(wordsOf(error)).toContain('lost before the server said anything, as it is by a port that expects TLS');
    });
  });

  describe('a TLS connection to a plain port', () => {
    it('is said to be one at once, when the server answers in its own protocol', async () => {
      const port = await listen((socket) => socket.once('data', () => socket.write('-ERR unknown command\r\n')));
      const error = await failure({ port, tls: true }, NO_DEADLINE);
      expect(error).toMatchObject({ code: 'CONNECTION', outcome: 'notSent' });
      expect(error.message).toContain('the server answered without TLS; its port expects plain connections');
    });

    it('is said to be one perhaps, when the server hangs up', async () => {
      const port = await listen((socket) => socket.once('data', () => socket.destroy()));
      const error = await failure({ port, tls: true });
      expect(wordsOf(error)).toContain('the server closed the connection, as a port without TLS may do');
    });

    it('is said to be one perhaps, when the server waits for the end of a command', async () => {
      const port = await listen(() => undefined);
      const error = await failure({ port, tls: true });
      expect(error).toMatchObject({ code: 'TIMEOUT', outcome: 'notSent' });
      const attempt = new RegExp(
        `connecting to 127.0.0.1:${port} for \\d+ ms: TLS handshake, which a port without TLS`,
      );
      expect(error.message).toMatch(attempt);
    });
  });

  it('a call whose deadline passes during the handshake names the server and that step', async () => {
    const port = await listen(() => undefined);
    const error = await failure({ port, tls: false });
    expect(error).toMatchObject({ code: 'TIMEOUT', outcome: 'notSent' });
    expect(error.message).toMatch(new RegExp(`not sent: connecting to 127.0.0.1:${port} for \\d+ ms: logging in`));
  });
}
