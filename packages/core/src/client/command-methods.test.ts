import { expect, test } from 'vitest';
import { Command, read } from '../command/command.ts';
import { ArgumentError } from '../errors.ts';
import { CommandRunner, withCommands } from './command-methods.ts';

type Taken = (...args: unknown[]) => Promise<unknown>;

interface Commands extends CommandRunner<string> {
  readonly listAll: Taken;
  readonly get: Taken;
  readonly set: Taken;
  readonly many: Taken;
}

const taking = (name: string) =>
  function make(...args: unknown[]): Command<unknown, string> {
    if (args.includes('wrong')) throw new ArgumentError('value: expected another');
    return new Command(read(name), args.map(String), String);
  };

const Base: abstract new () => Commands = withCommands(CommandRunner, {
  fixed: [{ listAll: taking('LIST ALL') }, { get: taking('GET') }, { set: taking('SET') }],
  variadic: { many: taking('MANY') },
  wireName: (method) => (method === 'listAll' ? 'LIST ALL' : method.toUpperCase()),
});

class Runner extends Base {
  protected override run<T>({ spec, args }: Command<T, string>): Promise<T> {
    return Promise.resolve(`${spec.name}(${args.join()})` as T);
  }
}

const runner = new Runner();

test('a method runs what the function of its name makes of its arguments', async () => {
  expect(await Promise.all([runner.listAll(), runner.get('k'), runner.set('k', 1), runner.many(1, 2, 3)])).toEqual([
    'LIST ALL()',
    'GET(k)',
    'SET(k,1)',
    'MANY(1,2,3)',
  ]);
});

test('an argument more than a command takes is refused, unless it is undefined or any number may be given', async () => {
  const surplus = 'received more arguments than it takes';
  await expect(runner.listAll(1)).rejects.toMatchObject({ code: 'ARGUMENT', message: `LIST ALL: ${surplus}` });
  await expect(runner.get('k', 1)).rejects.toMatchObject({ command: 'GET', message: `GET: ${surplus}` });
  expect(await runner.set('k', 'v', undefined)).toBe('SET(k,v)');
  expect(await runner.many()).toBe('MANY()');
});

test('a wrong argument rejects the call, and the error names the command as the server does', async () => {
  const refused = { code: 'ARGUMENT', message: 'value: expected another' };
  await expect(runner.get('wrong')).rejects.toMatchObject({ ...refused, command: 'GET' });
  await expect(runner.many('wrong')).rejects.toMatchObject({ ...refused, command: 'MANY' });
  await expect(runner.get('wrong', 'surplus')).rejects.toMatchObject(refused);
});

test('methods are like those of a class: named, not listed, and there to be overridden', async () => {
  expect(runner.listAll.name).toBe('listAll');
  expect(Object.keys(Base.prototype)).toEqual([]);
  class Own extends Runner {
    override readonly get = (): Promise<string> => Promise.resolve('own');
  }
  expect(await new Own().get()).toBe('own');
});
