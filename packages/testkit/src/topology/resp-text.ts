/** RESP text of replies, for servers whose answers a test writes. */

/** `+OK` */
export const ok = '+OK\r\n';

/** The null of both protocols that RESP2 clients know. */
export const nothing = '$-1\r\n';

/** A bulk string. */
export function bulk(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}

/** An integer. */
export function integer(value: number): string {
  return `:${value}\r\n`;
}

/** An array of replies that are RESP text already. */
export function array(...items: readonly string[]): string {
  return `*${items.length}\r\n${items.join('')}`;
}

/** A map in RESP3, its names and values by turns in RESP2. */
export function map(protocol: 2 | 3, fields: Readonly<Record<string, string>>): string {
  const entries = Object.entries(fields);
  const head = protocol === 3 ? `%${entries.length}` : `*${2 * entries.length}`;
  return `${head}\r\n${entries.map(([name, value]) => bulk(name) + value).join('')}`;
}

/** A push of RESP3. */
export function push(...items: readonly string[]): string {
  return `>${items.length}\r\n${items.join('')}`;
}

/** An error reply with exactly this text. */
export function error(text: string): string {
  return `-${text}\r\n`;
}

/** "The slot is at that node." */
export function moved(slot: number, { host, port }: { readonly host: string; readonly port: number }): string {
  return error(`MOVED ${slot} ${host}:${port}`);
}

/** "Ask that node, this once." */
export function ask(slot: number, { host, port }: { readonly host: string; readonly port: number }): string {
  return error(`ASK ${slot} ${host}:${port}`);
}
