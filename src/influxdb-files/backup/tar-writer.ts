/** Writes tar archives, piece by piece. */

const BLOCK_BYTES = 512;
/** Octal digits of the size in a header: beyond it the header would need another form. */
export const FILE_BYTES_MAX = 8 ** 11 - 1;

/** The header of a file that only its owner may read; its bytes follow, and then `tarPadding`. */
export function tarHeader(name: string, sizeBytes: number, modifiedAtMs: number): Buffer {
  if (Buffer.byteLength(name) > 100 || sizeBytes > FILE_BYTES_MAX) throw new RangeError(`${name} does not fit into a tar header`);
  const header = Buffer.alloc(BLOCK_BYTES);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`;
  header.write(name, 0);
  header.write(octal(0o600, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(sizeBytes, 11), 124);
  header.write(octal(Math.floor(modifiedAtMs / 1000), 11), 136);
  header.write(' '.repeat(8), 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

export const tarPadding = (sizeBytes: number): Buffer => Buffer.alloc((BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES);

export const TAR_END = Buffer.alloc(2 * BLOCK_BYTES);
