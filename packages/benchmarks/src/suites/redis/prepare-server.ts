import { RawClient } from '@kv/testkit/raw-client';
import type { ServerPlace } from '../../suite.ts';

/** Sends commands over a bare socket and waits for their answers; throws at the first refusal that is not expected. */
export async function sendAll(
  place: Pick<ServerPlace, 'host' | 'port' | 'path'>,
  commands: readonly (readonly string[])[],
  expected: RegExp = /^[^-]/,
): Promise<void> {
  if (commands.length === 0) return;
  await using socket = await RawClient.dial(place);
  for (const command of commands) {
    socket.write(request(command));
    let line = '';
    while (!line.endsWith('\r\n')) line += await socket.readText(1);
    if (line.startsWith('-') && !expected.test(line)) throw new Error(`${command[0]}: ${line.trim()}`);
    if (line.startsWith('$')) await socket.readText(Number(line.slice(1)) + 2);
  }
}

function request(command: readonly string[]): string {
  return `*${command.length}\r\n${command.map((arg) => `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`).join('')}`;
}
