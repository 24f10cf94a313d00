/** /api/v2/write, and /write of the v1-compatible API. */
import type { Actor } from '../../domain/actor.js';
import { invalid } from '../../domain/errors.js';
import type { Clock } from '../../domain/id.js';
import type { PointBatch } from '../../domain/series.js';
import { nowNs } from '../../services/now-ns.js';
import type { WritableBucket, Write } from '../../services/write.js';
import { parseSlices, type LineProtocolSettings, type Precision } from '../../wire/line-protocol.js';
import { textOf } from '../../wire/query-string.js';
import { empty, type Answer, type Route, type RouteRequest } from '../route.js';
import { WriteBodies } from '../write-bodies.js';

/** A body that is longer is read in another thread: this much takes a few milliseconds, whatever stands in it. */
const READ_HERE_BYTES_MAX = 16 * 1024;

/** Reads a long body elsewhere: slice by slice, after all of it was found to be right. */
export interface LineProtocolElsewhere {
  read(
    body: Buffer,
    settings: LineProtocolSettings,
    who: { readonly user: string; readonly signal: AbortSignal },
  ): AsyncIterable<PointBatch>;
}

const PRECISIONS: Readonly<Record<string, Precision>> = { ns: 'ns', us: 'us', ms: 'ms', s: 's' };
/** As InfluxDB documents them; it takes `u`, `m`, `h` and every other spelling for nanoseconds, and so writes points into 1970. */
const V1_PRECISIONS: Readonly<Record<string, Precision>> = { ...PRECISIONS, n: 'ns', u: 'us', m: 'm', h: 'h' };

export function writeRoutes(write: Write, elsewhere: LineProtocolElsewhere, clock: Clock, bodyBytesMax: number): Route[] {
  const bodies = new WriteBodies(bodyBytesMax);

  /** @param open finds the bucket for an actor: for the one who came, and for what they are when a slice is ready to be stored */
  async function store<A extends Actor>(
    actor: A,
    open: (actor: A) => Promise<WritableBucket>,
    precision: Precision,
    request: RouteRequest,
  ): Promise<Answer> {
    const target = await open(actor);
    let judged = actor;
    const confirm = async (): Promise<void> => {
      const current = (await request.confirm()) as A;
      if (current !== judged) await open(current);
      judged = current;
    };
    await bodies.use(request, (body) => {
      const defaultTimeNs = nowNs(clock);
      const settings = { precision, defaultTimeNs };
      const isShort = body.length <= READ_HERE_BYTES_MAX;
      const slices = isShort
        ? parseSlices(body, settings)
        : elsewhere.read(body, settings, { user: userOf(actor), signal: request.signal });
      return target.write(slices, body.length, defaultTimeNs, confirm);
    });
    return empty(204);
  }

  return [
    {
      method: 'POST',
      path: '/api/v2/write',
      access: 'actor',
      needs: { write: 'buckets' },
      redirectsSlash: true,
      bodyBytesMax,
      pace: 'write',
      traffic: 'write',
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
      needs: { write: 'buckets' },
      bodyBytesMax,
      pace: 'write',
      traffic: 'write',
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

/** With whom a body shares the turns. */
const userOf = (actor: Actor): string => (actor.kind === 'system' ? actor.name : actor.userId);
