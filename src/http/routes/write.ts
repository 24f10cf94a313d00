/** /api/v2/write. */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DomainError, invalid } from '../../domain/errors.js';
import type { Clock } from '../../domain/id.js';
import type { Write } from '../../services/write.js';
import { parseLineProtocol, type Precision } from '../../wire/line-protocol.js';
import { textOf } from '../../wire/query-string.js';
import { empty, type Route, type RouteRequest } from '../route.js';

const gunzipBody = promisify(gunzip);

const PRECISIONS: readonly string[] = ['ns', 'us', 'ms', 's'] satisfies Precision[];

export const writeRoutes = (write: Write, clock: Clock, bodyBytesMax: number): Route[] => [
  {
    method: 'POST',
    path: '/api/v2/write',
    access: 'actor',
    bodyBytesMax,
    otherMethods: 'json',
    async handle(actor, request) {
      const { query } = request;
      const precision = textOf(query, 'precision') ?? 'ns';
      if (!PRECISIONS.includes(precision)) throw invalid('invalid precision; valid precision units are ns, us, ms, and s');
      const target = await write.open(actor, { org: textOf(query, 'org'), orgID: textOf(query, 'orgID'), bucket: textOf(query, 'bucket') });
      const nowNs = BigInt(clock()) * 1_000_000n;
      const body = await readBody(request, bodyBytesMax);
      const batch = parseLineProtocol(body, precision as Precision, nowNs);
      if (batch.rowCount > 0 || batch.dropped !== undefined) await target.write(batch);
      return empty(204);
    },
  },
];

/** Unpacked only for who may write, and never to more than an unpacked body could have. */
async function readBody({ headers, body }: RouteRequest, bytesMax: number): Promise<Buffer> {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  // Of all encodings InfluxDB knows this one and ignores the rest.
  if (headers['content-encoding'] !== 'gzip') return bytes;
  try {
    return await gunzipBody(bytes, { maxOutputLength: bytesMax });
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE') {
      throw new DomainError('request too large', `the unpacked body is larger than the ${bytesMax} bytes that this server takes`);
    }
    throw invalid('the body is said to be gzip and is not, or not whole');
  }
}
