/** Snappy's block format, decompressed: literals, and copies of what has been written already. */
import { invalid } from '../../domain/errors.js';

/** A copy of three bytes yields 64 at most, so a longer claim is false and must not be made room for. */
const EXPANSION_MAX = 22;
const EXTRA_BYTES = 64;

/** @throws DomainError `invalid` for what is not a whole Snappy block */
export function decompressSnappy(source: Uint8Array): Buffer {
  let at = 0;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = source[at++];
    if (byte === undefined || shift > 28) throw invalid('its compressed part does not tell its length');
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  if (length > source.length * EXPANSION_MAX + EXTRA_BYTES) throw invalid('its compressed part claims an impossible length');
  const target = Buffer.allocUnsafe(length);
  let end = 0;
  while (at < source.length) {
    const tag = source[at++] as number;
    let count: number;
    let distance: number;
    switch (tag & 3) {
      case 0: {
        count = (tag >>> 2) + 1;
        if (count > 60) {
          const bytes = count - 60;
          if (at + bytes > source.length) throw broken();
          count = 1;
          for (let i = 0; i < bytes; i++) count += (source[at++] as number) * 2 ** (8 * i);
        }
        if (at + count > source.length || end + count > length) throw broken();
        if (count <= 16) for (let i = 0; i < count; i++) target[end + i] = source[at + i] as number;
        else target.set(source.subarray(at, at + count), end);
        at += count;
        end += count;
        continue;
      }
      case 1:
        if (at + 1 > source.length) throw broken();
        count = ((tag >>> 2) & 7) + 4;
        distance = ((tag & 0xe0) << 3) | (source[at++] as number);
        break;
      case 2:
        if (at + 2 > source.length) throw broken();
        count = (tag >>> 2) + 1;
        distance = (source[at] as number) | ((source[at + 1] as number) << 8);
        at += 2;
        break;
      default:
        if (at + 4 > source.length) throw broken();
        count = (tag >>> 2) + 1;
        distance =
          ((source[at] as number) |
            ((source[at + 1] as number) << 8) |
            ((source[at + 2] as number) << 16) |
            ((source[at + 3] as number) << 24)) >>>
          0;
        at += 4;
    }
    if (distance === 0 || distance > end || end + count > length) throw broken();
    // A copy may reach into itself, which repeats what it has written: byte by byte.
    for (const stop = end + count; end < stop; end++) target[end] = target[end - distance] as number;
  }
  if (end !== length) throw broken();
  return target;
}

const broken = (): Error => invalid('its compressed part is damaged');
