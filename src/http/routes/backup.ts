/** /api/v2/backup and /api/v2/restore: InfluxDB's protocol, as its command line speaks it. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:zlib';
import { invalid } from '../../domain/errors.js';
import type { Backup } from '../../services/backup.js';
import type { Restore } from '../../services/restore.js';
import type { Upload } from '../../services/restore/upload.js';
import { decodeBucketToRestore, encodeBackedUpBuckets } from '../../wire/backup.js';
import { readCredentials } from '../credentials.js';
import { empty, json, type Answer, type Route, type RouteRequest } from '../route.js';
import { stream } from '../stream.js';

const BYTES_TYPE = 'application/octet-stream';

/** Values of `Gzip-Compression-Level`. */
const LEVELS: Readonly<Record<string, number | undefined>> = {
  default: constants.Z_DEFAULT_COMPRESSION,
  full: constants.Z_BEST_COMPRESSION,
  speedy: constants.Z_BEST_SPEED,
  none: undefined,
};

/** Looked at before the rights are, as InfluxDB does. */
function levelOf({ headers }: RouteRequest): number | undefined {
  const name = headers['gzip-compression-level'] ?? 'default';
  if (typeof name !== 'string' || !Object.hasOwn(LEVELS, name)) {
    throw invalid(`unknown compression level: ${JSON.stringify(name)}, valid values: [${Object.keys(LEVELS).join(', ')}]`);
  }
  return LEVELS[name];
}

/** @param level undefined: not packed, whatever the client asks for */
const send = (request: RouteRequest, level: number | undefined, contentType: string, body: AsyncIterable<Uint8Array>): Answer =>
  level === undefined ? { status: 200, contentType, body } : stream(body, contentType, request, { level });

const tokenOf = ({ headers }: RouteRequest) => {
  const credentials = readCredentials(headers);
  return credentials.kind === 'token' ? credentials.secret : undefined;
};

const uploadOf = (request: RouteRequest): Upload => ({
  body: request.stream,
  isGzip: request.headers['content-encoding'] === 'gzip',
  confirm: () => request.confirm(),
});

function numberOf({ params: { id = '' } }: RouteRequest): number {
  if (!/^\d{1,15}$/.test(id)) throw invalid('the number of a shard must be a whole number');
  return Number(id);
}

export const backupRoutes = (backup: Backup, restore: Restore): Route[] => [
  {
    method: 'GET',
    path: '/api/v2/backup/metadata',
    access: 'actor',
    needs: 'operator',
    async handle(actor, request) {
      const level = levelOf(request);
      const boundary = randomBytes(30).toString('hex');
      const key = backup.wrapSealingKey(actor, tokenOf(request));
      // The buckets first, so that the numbers of their shards are in the copy.
      const buckets = encodeBackedUpBuckets(await backup.listBuckets(actor));
      const parts = joinParts(boundary, [
        { name: 'kv', contentType: BYTES_TYPE, content: await backup.openStoreCopy(actor) },
        { name: 'sql', contentType: BYTES_TYPE, content: [key] },
        { name: 'buckets', contentType: 'application/json; charset=utf-8', content: [Buffer.from(buckets)] },
      ]);
      return send(request, level, `multipart/mixed; boundary=${boundary}`, parts);
    },
  },
  {
    method: 'GET',
    path: '/api/v2/backup/kv',
    access: 'actor',
    needs: 'operator',
    async handle(actor, request) {
      const level = levelOf(request);
      return send(request, level, BYTES_TYPE, await backup.openStoreCopy(actor));
    },
  },
  {
    method: 'GET',
    path: '/api/v2/backup/shards/:id',
    access: 'actor',
    needs: 'operator',
    async handle(actor, request) {
      const level = levelOf(request);
      return send(request, level, BYTES_TYPE, await backup.openShard(actor, () => numberOf(request), request.signal));
    },
  },
  {
    method: 'POST',
    path: '/api/v2/restore/kv',
    access: 'actor',
    needs: 'operator',
    streamsBody: true,
    pace: 'steady',
    async handle(actor, request) {
      const token = await restore.metadata(actor, uploadOf(request));
      return json(200, { token: token?.reveal() ?? '' });
    },
  },
  {
    method: 'POST',
    path: '/api/v2/restore/sql',
    access: 'actor',
    needs: 'operator',
    streamsBody: true,
    pace: 'steady',
    async handle(actor, request) {
      await restore.sealedKey(actor, uploadOf(request), tokenOf(request));
      return empty(200);
    },
  },
  ...['/api/v2/restore/bucketMetadata', '/api/v2/restore/bucket-metadata'].map((path): Route => ({
    method: 'POST',
    path,
    access: 'actor',
    needs: 'operator',
    async handle(actor, { body }) {
      const { bucket, shardIds } = await restore.bucket(actor, () => decodeBucketToRestore(body));
      return json(201, { id: bucket.id, name: bucket.name, shardMappings: shardIds });
    },
  })),
  {
    method: 'POST',
    path: '/api/v2/restore/shards/:id',
    access: 'actor',
    needs: 'operator',
    streamsBody: true,
    pace: 'steady',
    async handle(actor, request) {
      await restore.shard(actor, () => numberOf(request), uploadOf(request));
      return empty(200);
    },
  },
];

interface Part {
  readonly name: string;
  readonly contentType: string;
  readonly content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

async function* joinParts(boundary: string, parts: readonly Part[]): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for (const { name, contentType, content } of parts) {
    const head = `${isFirst ? '' : '\r\n'}--${boundary}\r\nContent-Disposition: attachment; name="${name}"\r\nContent-Type: ${contentType}\r\n\r\n`;
    yield Buffer.from(head);
    yield* content;
    isFirst = false;
  }
  yield Buffer.from(`\r\n--${boundary}--\r\n`);
}
