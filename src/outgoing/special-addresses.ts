/** Addresses that are not public: this machine, its network, and services of the machine's provider. */
import { BlockList, isIP, isIPv6 } from 'node:net';

/** IPv4 networks of the special-purpose registry (RFC 6890), private and multicast ones among them. */
const SPECIAL_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/** The only IPv6 network of public addresses, and what in it is not public: 2002::/16 and 2001::/23 can hold any IPv4 address. */
const PUBLIC_V6 = '2000::/3';
const SPECIAL_V6 = ['::1/128', '::/128', 'fc00::/7', 'fe80::/10', 'ff00::/8', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];
/** For IPv6 addresses that no network above contains. */
const OTHER_V6_BITS = 8;

/** Services that answer with credentials of the machine, of several providers. Only their own addresses open them, not a network. */
const METADATA = [
  '169.254.169.254/32',
  '169.254.169.253/32',
  '169.254.170.2/32',
  '169.254.170.23/32',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.192/32',
  'fd00:ec2::254/128',
  'fd00:ec2::253/128',
  'fd00:ec2::23/128',
  'fd20:ce::254/128',
];

const MAPPED_V6 = '::ffff:0:0/96';

export interface Network {
  readonly bits: number;
  contains(address: string): boolean;
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4');

export function networkOf(address: string, bits: number): Network {
  const list = new BlockList();
  list.addSubnet(address, bits, familyOf(address));
  return { bits, contains: (other) => list.check(other, familyOf(other)) };
}

const parse = (text: string): Network => {
  const [address = '', bits] = text.split('/');
  return networkOf(address, Number(bits));
};

const special = [...METADATA, ...SPECIAL_V4, ...SPECIAL_V6].map(parse);
const publicV6 = parse(PUBLIC_V6);
const mappedV6 = parse(MAPPED_V6);

/**
 * How many bits a network must have at least to name this address: a network that also contains public addresses does not name a private
 * one. Undefined for public addresses. IPv4 addresses in the form of IPv6 count as what they are.
 */
export function bitsToName(address: string): number | undefined {
  if (isIP(address) === 0) return Infinity;
  const containing = special.filter((network) => network.contains(address));
  if (containing.length > 0) return Math.max(...containing.map(({ bits }) => bits));
  return isIPv6(address) && !publicV6.contains(address) && !mappedV6.contains(address) ? OTHER_V6_BITS : undefined;
}
