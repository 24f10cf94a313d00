/** Answers that are made while they are sent. */
import { Readable, pipeline } from 'node:stream';
import { constants, createGzip, type ZlibOptions } from 'node:zlib';
import type { Answer, RouteRequest } from './route.js';

/** What is made while it is sent is packed fast rather than small: columns of text shrink to a tenth either way. */
const PACKING: ZlibOptions = { level: constants.Z_BEST_SPEED, chunkSize: 64 * 1024 };

/** Packed where the client asks for it. */
export function stream(
  body: AsyncIterable<Uint8Array>,
  contentType: string,
  { headers }: RouteRequest,
  options: ZlibOptions = PACKING,
): Answer {
  if (!/\bgzip\b/i.test(headers['accept-encoding'] ?? '')) return { status: 200, contentType, body };
  // `pipeline` ends both when one fails; the other end of it is where the failure shows.
  const packed = pipeline(Readable.from(body), createGzip(options), () => undefined);
  return { status: 200, contentType, headers: { 'content-encoding': 'gzip', vary: 'Accept-Encoding' }, body: packed };
}
