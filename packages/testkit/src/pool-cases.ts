import { expect, onTestFinished, test } from 'vitest';
import { type FailurePool, failure, type PoolSizes, patient, type Start, until } from './failure-backend.ts';
import { faultProxy } from './fault-proxy.ts';

/** Behaviors 85 to 88: pools. */
export function poolCases(start: Start): void {
  boundCases(start);
  failureCases(start);
  returnCases(start);
}

async function open({ backend }: Start, sizes: PoolSizes): Promise<FailurePool> {
  const pool = await backend().openPool(backend().server.port as number, { ...patient, ...sizes });
  onTestFinished(() => pool.close({ timeout: 0 }));
  return pool;
}

function boundCases(start: Start): void {
  test('85: there are never more connections than maxSize, however many want one', async () => {
    const pool = await open(start, { minSize: 1, maxSize: 3 });
    const counter = start.key();
    let held = 0;
    let most = 0;
    const task = async (): Promise<void> => {
      await using lease = await pool.acquire();
      most = Math.max(most, ++held);
      await lease.count(counter);
      held--;
    };
    await Promise.all(Array.from({ length: 50 }, task));
    expect([most, pool.size]).toEqual([3, 3]);
    expect(await pool.read(counter)).toBe('50');
  });

  test('85: waiters are served in the order in which they came', async () => {
    const pool = await open(start, { maxSize: 1 });
    const order: number[] = [];
    const first = await pool.acquire();
    const waiters = Array.from({ length: 20 }, async (_, i) => {
      await using _lease = await pool.acquire();
      order.push(i);
    });
    await first[Symbol.asyncDispose]();
    await Promise.all(waiters);
    expect(order).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  test('85: waiting has a deadline, and who gave up is passed over', async () => {
    const pool = await open(start, { maxSize: 1 });
    const first = await pool.acquire();
    const impatient = failure(pool.acquire({ timeout: 40 }));
    const patientOne = pool.acquire();
    expect(await impatient).toMatchObject({ code: 'TIMEOUT', outcome: 'notSent' });
    await first[Symbol.asyncDispose]();
    await using lease = await patientOne;
    expect(await lease.read(start.key())).toBeNull();
  });

  test('85: waiting ends with its signal', async () => {
    const pool = await open(start, { maxSize: 1 });
    await using _first = await pool.acquire();
    const controller = new AbortController();
    const waiter = failure(pool.acquire({ signal: controller.signal }));
    controller.abort();
    expect(await waiter).toMatchObject({ code: 'ABORTED', outcome: 'notSent' });
  });
}

function failureCases(start: Start): void {
  test('86: who waits for a connection that cannot be made is told why', async () => {
    const proxy = await faultProxy(start.backend().server);
    onTestFinished(() => proxy.close());
    const pool = await start.backend().openPool(proxy.port, { ...patient, maxSize: 2 });
    onTestFinished(() => pool.close({ timeout: 0 }));
    await proxy.refuse();
    proxy.cut();
    await until(() => pool.freeSize === 0);
    const refused = { code: 'CONNECTION', cause: { code: 'ECONNREFUSED' } };
    expect(await failure(pool.acquire({ timeout: 200 }))).toMatchObject({
      code: 'TIMEOUT',
      outcome: 'notSent',
      message: expect.stringContaining('ECONNREFUSED'),
      cause: refused,
    });
    expect(await failure(start.backend().openPool(proxy.port, patient))).toMatchObject(refused);
    await proxy.accept();
    await using lease = await pool.acquire();
    expect(await lease.read(start.key())).toBeNull();
  });

  test('86: a connection that is lost in a lease rejects its calls, and the pool makes another', async () => {
    const proxy = await faultProxy(start.backend().server);
    onTestFinished(() => proxy.close());
    const pool = await start.backend().openPool(proxy.port, { ...patient, maxSize: 1 });
    onTestFinished(() => pool.close({ timeout: 0 }));
    const lease = await pool.acquire();
    const waiter = pool.acquire();
    proxy.stall();
    const read = failure(lease.read(start.key()));
    await new Promise(setImmediate);
    proxy.cut();
    expect(await read).toMatchObject({ code: 'CONNECTION', outcome: 'unknown' });
    expect(lease.closed).toBe(true);
    expect(await failure(lease.read(start.key()))).toMatchObject({ code: 'CONNECTION', outcome: 'notSent' });
    await lease[Symbol.asyncDispose]();
    await using next = await waiter;
    expect(await next.read(start.key())).toBeNull();
  });
}

function returnCases(start: Start): void {
  test('87: a task that throws gives its connection back', async () => {
    const pool = await open(start, { maxSize: 1 });
    const task = async (): Promise<never> => {
      await using lease = await pool.acquire();
      await lease.count(start.key());
      throw new Error('task failed');
    };
    for (let i = 0; i < 5; i++) await expect(task()).rejects.toThrow('task failed');
    expect(await pool.read(start.key())).toBeNull();
    expect([pool.size, pool.freeSize]).toEqual([1, 1]);
  });

  test('87: giving back a lease does not wait for a server that is late', async () => {
    const proxy = await faultProxy(start.backend().server);
    onTestFinished(() => proxy.close());
    const silence = { idle: 60_000, grace: 60_000 };
    const pool = await start.backend().openPool(proxy.port, { ...patient, maxSize: 1, liveness: silence });
    onTestFinished(() => pool.close({ timeout: 0 }));
    const late = async (): Promise<void> => {
      await using lease = await pool.acquire({ timeout: 60 });
      proxy.stall();
      await lease.read(start.key());
    };
    expect(await failure(late())).toMatchObject({ code: 'TIMEOUT', outcome: 'unknown' });
    proxy.resume();
    await using next = await pool.acquire();
    expect(await next.read(start.key())).toBeNull();
  });

  test('88: close() lets commands of leases end, and rejects who waits for one', async () => {
    const pool = await open(start, { maxSize: 1 });
    const lease = await pool.acquire();
    const counter = start.key();
    const counts = Array.from({ length: 10 }, () => lease.count(counter));
    const waiter = failure(pool.acquire());
    await pool.close({ timeout: 500 });
    expect(new Set((await Promise.all(counts)).map(Number)).size).toBe(10);
    expect(await waiter).toMatchObject({ code: 'CLOSED', outcome: 'notSent' });
    expect(lease.closed).toBe(true);
    expect(await failure(pool.acquire())).toMatchObject({ code: 'CLOSED', outcome: 'notSent' });
    expect(await failure(pool.read(counter))).toMatchObject({ code: 'CLOSED', outcome: 'notSent' });
  });

  test('88, pain 3: close() resolves although a lease never ends and the server is silent', async () => {
    const proxy = await faultProxy(start.backend().server);
    onTestFinished(() => proxy.close());
    const pool = await start.backend().openPool(proxy.port, { ...patient, maxSize: 1 });
    const lease = await pool.acquire();
    proxy.stall();
    const read = failure(lease.read(start.key()));
    await new Promise(setImmediate);
    await pool.close({ timeout: 20 });
    expect(await read).toMatchObject({ code: 'CLOSED', outcome: 'unknown' });
    await lease[Symbol.asyncDispose]();
  });
}
