/** Who counts as one where addresses are counted: an IPv4 address, or the /64 of IPv6 that one customer is given. */

const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;
/** A proxy can send a value that is not an address; it is kept as it is, but no longer than any address. */
const TEXT_LENGTH_MAX = 64;

export function addressGroup(address: string): string {
  if (IPV4.test(address)) return address;
  const [bare = ''] = address.split('%');
  if (!bare.includes(':') || !URL.canParse(`http://[${bare}]`)) return address.slice(0, TEXT_LENGTH_MAX);
  const words = wordsOf(bare);
  // ::ffff:1.2.3.4 is how a socket for both kinds shows an IPv4 client.
  if (words.slice(0, 5).every((word) => word === 0) && words[5] === 0xffff) {
    return [words[6], words[7]].flatMap((word = 0) => [word >> 8, word & 0xff]).join('.');
  }
  return `${words
    .slice(0, 4)
    .map((word) => word.toString(16))
    .join(':')}::/64`;
}

/** The eight words of an IPv6 address. */
function wordsOf(address: string): number[] {
  // The URL parser writes a dotted end as words.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const parse = (part: string): number[] => (part === '' ? [] : part.split(':').map((word) => Number.parseInt(word, 16)));
  const before = parse(head);
  if (tail === undefined) return before;
  const after = parse(tail);
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}
