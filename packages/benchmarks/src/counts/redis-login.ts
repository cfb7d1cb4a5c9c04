const ANSWERS: Readonly<Record<string, string>> = { HELLO: '%1\r\n+proto\r\n:3\r\n', ID: ':1\r\n', PING: '+PONG\r\n' };

/** What a Redis says to any number of commands of a login, each answered by its name. */
export function redisLogin(said: string): string {
  const requests = said.split(/(?=\*\d+\r\n)/).map((one) => one.split('\r\n'));
  return requests.map((parts) => ANSWERS[parts[4] ?? ''] ?? ANSWERS[parts[2] ?? ''] ?? '+OK\r\n').join('');
}
