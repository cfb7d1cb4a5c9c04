/** What a server, or a user's address, may name as a host. */

const NAME = /^[0-9A-Za-z_.-]{1,253}$/;
const IP4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/**
 * A host that a server named: a name, an IPv4 address, or an IPv6 address with or without brackets, which are taken
 * off. Undefined for everything else: no connection is made to it.
 */
export function hostOf(text: string): string | undefined {
  if (!text.includes(':')) return NAME.test(text) ? text : undefined;
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  return isIp6(bare) ? bare : undefined;
}

/** A port from 1 to 65535 in decimal digits; undefined for anything else. */
export function portOf(text: string): number | undefined {
  if (!/^[1-9]\d{0,4}$/.test(text)) return undefined;
  const port = Number(text);
  return port < 65_536 ? port : undefined;
}

/** Whether a host is an IP address, so that no certificate names it as a DNS name. */
export function isIp(host: string): boolean {
  return IP4.test(host) || isIp6(host);
}

/** Whether a host is an IPv6 address, without brackets. */
export function isIp6(host: string): boolean {
  return /^[0-9A-Fa-f:.]{2,45}$/.test(host) && host.includes(':') && URL.canParse(`http://[${host}]`);
}

/** `host:port`, an IPv6 address in brackets: how an endpoint is written in options and messages. */
export function endpointText(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Reads `host:port`; an IPv6 address with or without brackets. Undefined when it is neither. */
export function parseEndpoint(text: string): Endpoint | undefined {
  const colon = text.lastIndexOf(':');
  const host = colon < 0 ? undefined : hostOf(text.slice(0, colon));
  const port = portOf(text.slice(colon + 1));
  return host === undefined || port === undefined ? undefined : { host, port };
}

/** Host and port of a server. */
export interface Endpoint {
  /** Name or IP address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}
