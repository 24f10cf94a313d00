/** Where the server listens, written as Go does: `:8086`, `127.0.0.1:8086`, `[::1]:8086`. */
import { isIPv6 } from 'node:net';
import { invalid } from '../domain/errors.js';

/** `host` is empty for every interface; `port` 0 lets the system choose one. */
export interface BindAddress {
  readonly host: string;
  readonly port: number;
}

const PORT_MAX = 65_535;
const HOST = /^[a-z0-9_.-]*$/i;

/** @throws DomainError `invalid` with what is wrong and how to write it */
export function parseBindAddress(text: string): BindAddress {
  const colon = text.lastIndexOf(':');
  if (colon < 0 || text.endsWith(']')) throw invalid('has no port: write :8086 or 127.0.0.1:8086');
  const port = text.slice(colon + 1);
  if (!/^\d{1,5}$/.test(port) || Number(port) > PORT_MAX) throw invalid(`must end in a port from 0 to ${PORT_MAX}`);
  return { host: parseHost(text.slice(0, colon)), port: Number(port) };
}

function parseHost(text: string): string {
  if (text.startsWith('[') && text.endsWith(']')) {
    const host = text.slice(1, -1);
    if (!isIPv6(host)) throw invalid('has no IPv6 address in its brackets: write [::1]:8086');
    return host;
  }
  if (text.includes(':')) throw invalid('has too many colons: write an IPv6 address in brackets, as in [::1]:8086');
  if (!HOST.test(text)) throw invalid('must be host:port without a scheme or path, as in 127.0.0.1:8086');
  return text;
}
