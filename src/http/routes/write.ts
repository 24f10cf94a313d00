/** /api/v2/write, and /write of the v1-compatible API. */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Actor } from '../../domain/actor.js';
import { DomainError, invalid } from '../../domain/errors.js';
import type { Clock } from '../../domain/id.js';
import type { WritableBucket, Write } from '../../services/write.js';
import { parseLineProtocol, type Precision } from '../../wire/line-protocol.js';
import { textOf } from '../../wire/query-string.js';
import { empty, type Answer, type Route, type RouteRequest } from '../route.js';

const gunzipBody = promisify(gunzip);

const PRECISIONS: Readonly<Record<string, Precision>> = { ns: 'ns', us: 'us', ms: 'ms', s: 's' };
/** As InfluxDB documents them; it takes `u`, `m`, `h` and every other spelling for nanoseconds, and so writes points into 1970. */
const V1_PRECISIONS: Readonly<Record<string, Precision>> = { ...PRECISIONS, n: 'ns', u: 'us', m: 'm', h: 'h' };

export function writeRoutes(write: Write, clock: Clock, bodyBytesMax: number): Route[] {
  /** @param open finds the bucket for an actor: for the one who came, and for what he is when everything is ready to be stored */
  async function store<A extends Actor>(
    actor: A,
    open: (actor: A) => Promise<WritableBucket>,
    precision: Precision,
    request: RouteRequest,
  ): Promise<Answer> {
    const target = await open(actor);
    const nowNs = BigInt(clock()) * 1_000_000n;
    const batch = parseLineProtocol(await readBody(request, bodyBytesMax), precision, nowNs);
    const confirmed = (await request.confirm()) as A;
    const confirmedTarget = confirmed === actor ? target : await open(confirmed);
    if (batch.rowCount > 0 || batch.dropped !== undefined) await confirmedTarget.write(batch, nowNs);
    return empty(204);
  }

  return [
    {
      method: 'POST',
      path: '/api/v2/write',
      access: 'actor',
      bodyBytesMax,
      pace: 'write',
      otherMethods: 'json',
      async handle(actor, request) {
        const { query } = request;
        const precision = PRECISIONS[textOf(query, 'precision') ?? 'ns'];
        if (precision === undefined) throw invalid('invalid precision; valid precision units are ns, us, ms, and s');
        const parameters = { org: textOf(query, 'org'), orgID: textOf(query, 'orgID'), bucket: textOf(query, 'bucket') };
        return store(actor, (who) => write.open(who, parameters), precision, request);
      },
    },
    {
      method: 'POST',
      path: '/write',
      access: 'v1',
      bodyBytesMax,
      pace: 'write',
      otherMethods: 'json',
      async handle(actor, request) {
        const { query } = request;
        const database = textOf(query, 'db');
        if (database === undefined) throw invalid('missing db');
        const precision = V1_PRECISIONS[textOf(query, 'precision') ?? 'ns'];
        if (precision === undefined) throw invalid('invalid precision; valid precision units are n, ns, u, us, ms, s, m, and h');
        return store(actor, (who) => write.openMapped(who, database, textOf(query, 'rp')), precision, request);
      },
    },
  ];
}

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
