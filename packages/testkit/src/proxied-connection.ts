import type { Socket } from 'node:net';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { Faults } from './faults.ts';
import { FaultyDirection } from './faulty-direction.ts';
import { dialSocket, type RawAddress } from './raw-client.ts';
import { resetSocket } from './reset-socket.ts';
import type { SlowRequests } from './slow-requests.ts';

type Side = 'toServer' | 'toClient' | 'both' | 'neither';

/** One connection through the proxy, as a test may handle it while it lives. */
export class ProxiedConnection {
  /** 0 for the proxy's first connection. */
  readonly index: number;
  /** What it was given when it came. */
  readonly faults: Faults;
  /** Resolves when both sockets are gone. */
  readonly closed: Promise<void>;
  readonly #slow: SlowRequests | undefined;
  readonly #client: Socket;
  #server: Socket | undefined;
  #toServer: FaultyDirection | undefined;
  #toClient: FaultyDirection | undefined;
  #open = 1;
  #gone: () => void = () => {};
  #halfOpen = false;
  #stalled: Side = 'neither';

  constructor(client: Socket, index: number, faults: Faults, target: RawAddress, slow?: SlowRequests) {
    this.index = index;
    this.#slow = slow;
    this.faults = faults;
    this.#client = client;
    this.closed = new Promise((resolve) => {
      this.#gone = resolve;
    });
    this.#watch(client);
    client.pause();
    if (faults.refuse)
      void turn().then(() => resetSocket(client)); // the client sees it come up first
    else if (faults.acceptDelay !== undefined) void sleep(faults.acceptDelay).then(() => this.#join(target));
    else this.#join(target);
  }

  /** Bytes that came from the client. */
  get fromClient(): number {
    return this.#toServer?.taken ?? 0;
  }

  /** Bytes that came from the server. */
  get fromServer(): number {
    return this.#toClient?.taken ?? 0;
  }

  /** Both sockets go at once: a reset (default), or an orderly end. Bytes on their way are lost with a reset. */
  cut(how: 'reset' | 'end' = 'reset'): void {
    for (const socket of [this.#client, this.#server]) {
      if (how === 'reset') resetSocket(socket);
      else socket?.destroySoon();
    }
  }

  /** Nothing passes any more, both sockets stay open, and neither side learns of the other's end. */
  halfOpen(): void {
    this.#halfOpen = true;
    this.#toServer?.halfOpen();
    this.#toClient?.halfOpen();
  }

  /** Nothing passes until `resume`, in one direction or both; nothing is lost. */
  stall(side: 'toServer' | 'toClient' | 'both' = 'both'): void {
    this.#stalled = this.#stalled === 'neither' || this.#stalled === side ? side : 'both';
    if (side !== 'toClient') this.#toServer?.stall();
    if (side !== 'toServer') this.#toClient?.stall();
  }

  /** Ends `stall`, also that of `stallAfter`. */
  resume(): void {
    this.#stalled = 'neither';
    this.#toServer?.resume();
    this.#toClient?.resume();
  }

  /** Sends foreign bytes to one side, behind what is on its way. */
  inject(side: 'client' | 'server', bytes: Uint8Array): void {
    (side === 'client' ? this.#toClient : this.#toServer)?.inject(bytes);
  }

  #join(target: RawAddress): void {
    if (this.#client.destroyed) return;
    const server = dialSocket(target, true);
    this.#server = server;
    this.#open++;
    this.#watch(server);
    const cut = (how: 'reset' | 'end'): void => this.cut(how);
    this.#toServer = new FaultyDirection(this.#client, server, this.faults.toServer ?? {}, cut, this.#slow);
    this.#toClient = new FaultyDirection(server, this.#client, this.faults.toClient ?? {}, cut);
    if (this.#halfOpen) this.halfOpen();
    if (this.#stalled !== 'neither') this.stall(this.#stalled);
    this.#client.resume();
  }

  #watch(socket: Socket): void {
    let failed = false;
    socket.on('error', () => {
      failed = true;
    });
    socket.on('close', () => {
      const other = socket === this.#client ? this.#server : this.#client;
      if (failed && !this.#isSilent()) resetSocket(other);
      else if (socket === this.#client) other?.destroySoon();
      this.#toServer?.dispose();
      if (--this.#open === 0) this.#gone();
    });
  }

  /** A half-open connection keeps the loss of one side from the other. */
  #isSilent(): boolean {
    return this.#halfOpen || (this.#toClient?.lossy ?? false) || (this.#toServer?.lossy ?? false);
  }
}
