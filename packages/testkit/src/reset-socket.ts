import type { Socket } from 'node:net';

/** The part of a socket below its streams that must be closed by hand; see {@link resetSocket}. */
interface Handle {
  close(done: () => void): void;
}

const resetting = new WeakSet<Socket>();

/**
 * Ends a socket with a TCP reset, whatever state it is in; `close` is emitted in any case.
 *
 * `resetAndDestroy` alone waits until everything written is flushed, which a peer that reads no more prevents. And it
 * shuts the socket down first: when an error destroys the socket meanwhile, the system refuses the reset (a handle that
 * shuts down cannot be reset, https://docs.libuv.org/en/v1.x/tcp.html#c.uv_tcp_close_reset) and `close` never comes.
 * Nor does it for a socket that is still connecting to somebody who does not answer. So a second call waits for nothing.
 */
export function resetSocket(socket: Socket | undefined): void {
  if (socket === undefined) return;
  if (resetting.has(socket) || socket.writableEnded || socket.writableLength > 0) {
    socket.destroy();
    return;
  }
  resetting.add(socket);
  const { _handle: handle } = socket as unknown as { _handle: Handle | null };
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (error.syscall === 'reset') handle?.close(() => socket.emit('close', true));
  });
  socket.resetAndDestroy();
}
