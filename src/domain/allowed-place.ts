/** Reads the names of places to which the server may open connections: hosts, `*.suffix` and networks, each with a port or without. */
import { isIP } from 'node:net';
import { invalid } from './errors.js';

/** What an administrator names. A port of undefined is every port. */
export type AllowedPlace =
  | { readonly kind: 'host'; readonly name: string; readonly port: number | undefined }
  /** Every host below a domain: `.example.com`. */
  | { readonly kind: 'suffix'; readonly suffix: string; readonly port: number | undefined }
  | {
      readonly kind: 'network';
      readonly address: string;
      readonly bits: number;
      readonly family: 4 | 6;
      readonly port: number | undefined;
    };

const BITS_MAX = { 4: 32, 6: 128 } as const;
const PORT_MAX = 65_535;

/** By its name alone the host is on the loopback interface. */
const LOCALHOST = 'localhost';
const LOOPBACK_NETWORKS = ['127.0.0.0/8', '::1/128'];

const EXAMPLES = 'hosts or networks such as example.com, *.example.com, example.com:8086, 10.0.0.0/8 or [::1]:8086';

/** @throws DomainError `invalid` with a reason that fits behind the name of an option */
export function parseAllowedPlace(text: string): AllowedPlace[] {
  const place = text.toLowerCase();
  if (place.includes('://')) throw invalid(`must be ${EXAMPLES}, without a scheme`);
  if (place === '*') throw invalid(`must be ${EXAMPLES}; 0.0.0.0/0,::/0 are all public addresses`);
  const { host, port } = splitPort(place);
  if (host === LOCALHOST) return LOOPBACK_NETWORKS.map((network) => parseNetwork(network, port));
  if (isIP(host.split('/')[0] ?? '') !== 0) return [parseNetwork(host, port)];
  const isSuffix = host.startsWith('*.');
  const name = toHostName(isSuffix ? host.slice(2) : host);
  return [isSuffix ? { kind: 'suffix', suffix: `.${name}`, port } : { kind: 'host', name, port }];
}

/** `[::1]:80`, `::1`, `10.0.0.0/8`, `host`, `host:80`. */
function splitPort(text: string): { readonly host: string; readonly port: number | undefined } {
  const bracketed = /^\[([^\]]*)\](\/\d+)?(?::(\d+))?$/.exec(text);
  if (bracketed !== null) return { host: (bracketed[1] ?? '') + (bracketed[2] ?? ''), port: parsePort(bracketed[3]) };
  const [host = '', port, ...more] = text.split(':');
  return more.length > 0 ? { host: text, port: undefined } : { host, port: parsePort(port) };
}

function parsePort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > PORT_MAX) throw invalid(`must have ports from 1 to ${PORT_MAX}`);
  return port;
}

function parseNetwork(text: string, port: number | undefined): AllowedPlace {
  const [, address = '', bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const family = isIP(address);
  if ((family !== 4 && family !== 6) || address.includes('%')) throw invalid(`must be ${EXAMPLES}`);
  if (family === 6 && address.startsWith('::ffff:')) throw invalid('must have IPv4 networks in the form 10.0.0.0/8');
  const bitsMax = BITS_MAX[family];
  if (Number(bits ?? 0) > bitsMax) throw invalid(`must have networks of at most ${bitsMax} bits`);
  return { kind: 'network', address, bits: Number(bits ?? bitsMax), family, port };
}

/** A name as it stands in a URL: in ASCII, without the dot at the end. */
function toHostName(text: string): string {
  const hostname = /^[^\s/?#@\\:*[\]]+$/.test(text) && URL.canParse(`http://${text}/`) ? new URL(`http://${text}/`).hostname : '';
  const name = hostname.replace(/\.$/, '');
  if (name === '' || isIP(name) !== 0) throw invalid(`must be ${EXAMPLES}`);
  return name;
}
