import { RawClient } from '@kv/testkit/raw-client';

/** Sends commands over a bare socket and waits for their answers; throws at the first refusal. */
export async function sendAll(port: number, commands: readonly (readonly string[])[]): Promise<void> {
  if (commands.length === 0) return;
  await using socket = await RawClient.dial({ port });
  for (const command of commands) {
    socket.write(request(command));
    let line = '';
    while (!line.endsWith('\r\n')) line += await socket.readText(1);
    if (line.startsWith('-')) throw new Error(`${command[0]}: ${line.trim()}`);
  }
}

function request(command: readonly string[]): string {
  return `*${command.length}\r\n${command.map((arg) => `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`).join('')}`;
}
