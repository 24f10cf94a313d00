/** Networks that a token may be used from: IPv4 and IPv6 in CIDR notation. An IPv4 address is the same one written as `::ffff:1.2.3.4`. */
import { BlockList, isIP, SocketAddress } from 'node:net';
import { BoundedMap } from '../bounded/bounded-map.js';
import { invalid } from '../domain/errors.js';

interface Network {
  readonly address: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly prefix: number;
}

/** The bits before an IPv4 address that is written as one of IPv6. */
const MAPPED_BITS = 96;
const TEXT_LENGTH_MAX = 64;

/** @returns undefined for what is no address; without the zone of a link-local one */
function readAddress(text: string): Omit<Network, 'prefix'> | undefined {
  const [bare = ''] = text.split('%');
  const kind = isIP(bare);
  if (kind === 4) return { address: bare, family: 'ipv4' };
  if (kind !== 6) return undefined;
  const canonical = new SocketAddress({ address: bare, family: 'ipv6' }).address;
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(canonical) ?? [];
  return mapped === undefined ? { address: canonical, family: 'ipv6' } : { address: mapped, family: 'ipv4' };
}

/** @throws DomainError `invalid` */
function readNetwork(text: string): Network {
  const problem = () => invalid(`cidrs must hold networks such as 10.0.0.0/8, 2001:db8::/32 or 192.0.2.7`);
  if (text.length > TEXT_LENGTH_MAX) throw problem();
  const [, base = '', bits] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const found = readAddress(base);
  if (found === undefined) throw problem();
  const isMapped = found.family === 'ipv4' && base.includes(':');
  const widest = found.family === 'ipv4' ? 32 : 128;
  const given = bits === undefined ? widest + (isMapped ? MAPPED_BITS : 0) : Number(bits);
  const prefix = isMapped ? given - MAPPED_BITS : given;
  if (prefix < 0 || prefix > widest) throw problem();
  return { ...found, prefix };
}

const listOf = ({ address, prefix, family }: Network): BlockList => {
  const list = new BlockList();
  list.addSubnet(address, prefix, family);
  return list;
};

/** @throws DomainError `invalid` for what is no network */
export function checkNetworks(cidrs: readonly string[]): void {
  for (const cidr of cidrs) readNetwork(cidr);
}

/** Whether each address of these networks lies in one of the others. */
export function areWithin(inner: readonly string[], outer: readonly string[]): boolean {
  const around = outer.map(readNetwork);
  return inner
    .map(readNetwork)
    .every(({ address, family, prefix }) =>
      around.some((network) => network.family === family && network.prefix <= prefix && listOf(network).check(address, family)),
    );
}

/** Addresses of each list whose answer is remembered: to compare one anew is a tenth of what a checked request costs. */
const ADDRESSES_MAX = 64;

interface KnownList {
  readonly list: BlockList;
  readonly answers: BoundedMap<string, boolean>;
}

const lists = new WeakMap<readonly string[], KnownList>();

function knownListOf(cidrs: readonly string[]): KnownList {
  let known = lists.get(cidrs);
  if (known === undefined) {
    const list = new BlockList();
    for (const network of cidrs.map(readNetwork)) list.addSubnet(network.address, network.prefix, network.family);
    known = { list, answers: new BoundedMap(ADDRESSES_MAX) };
    lists.set(cidrs, known);
  }
  return known;
}

/** Whether an address lies in one of the networks. What is no address lies in none. */
export function isInNetworks(address: string, cidrs: readonly string[]): boolean {
  const { list, answers } = knownListOf(cidrs);
  const answered = answers.get(address);
  if (answered !== undefined) return answered;
  const found = address.length > TEXT_LENGTH_MAX ? undefined : readAddress(address);
  if (found === undefined) return false;
  const isIn = list.check(found.address, found.family);
  answers.setLast(address, isIn);
  return isIn;
}
