/** Clients that work until their server is gone: writes of all sizes, deletes, queries, buckets, tokens and users, each noted in the model. */
import type { Random } from '../support/random.js';
import type { TestClient, TestResponse } from '../support/server.js';
import type { Model } from './model.js';
import { type Bucket, type Outcome, type Stretch, type Thing } from './model.js';
import { ROW_NS, STRETCH_NS, withDeleted, withWritten } from './stretch.js';

export interface Sizes {
  /** Of one batch. */
  readonly lineCountMax: number;
  /** Sent at once by one client. */
  readonly batchCountMax: number;
  /** Held by all buckets together, before the largest one is deleted. */
  readonly pointCountMax: number;
}

export interface Surroundings {
  readonly server: TestClient;
  readonly operator: string;
  readonly orgId: string;
  readonly model: Model;
  readonly sizes: Sizes;
}

/** The server answered what it must not answer. */
export class WrongAnswerError extends Error {}

/** The server is gone. */
class GoneError extends Error {}

const BUCKETS_MAX = 5;
const THINGS_MAX = 30;
const SECONDS_PER_CLIENT = 100_000;
const BASE_STEP = 2_000_000;
/** So many, that sums stay below 2^53. */
const VERSIONS = 50_000;
/** One measurement in which clients have series of their own, and one in which they share them: there most rows come late. */
const MEASUREMENTS = ['own', 'wide', 'shared'] as const;
const LINES = 'lines';
const FIELDS = ['v', 'w'] as const;

type Field = (typeof FIELDS)[number];

/** What a client does next, and how often. */
const WEIGHTS = { lines: 30, batch: 20, flood: 6, overwrite: 10, late: 10, remove: 8, drain: 3, query: 4, bucket: 2, token: 8, user: 5 };

export class WorkingClient {
  readonly #number: number;
  readonly #random: Random;
  readonly #model: Model;
  #surroundings: Surroundings;
  /** Seconds of this client's time that were used. */
  #second = 0;
  /** Seconds that were left out, for points that come late. */
  readonly #gaps: number[] = [];
  #version = 0;

  constructor(number: number, random: Random, surroundings: Surroundings) {
    this.#number = number;
    this.#random = random;
    this.#surroundings = surroundings;
    this.#model = surroundings.model;
  }

  /** Works until the server is gone. @throws WrongAnswerError */
  async work(server: TestClient): Promise<void> {
    this.#surroundings = { ...this.#surroundings, server };
    try {
      for (;;) await this.#step();
    } catch (error) {
      if (!(error instanceof GoneError)) throw error;
    }
  }

  async #step(): Promise<void> {
    const { sizes } = this.#surroundings;
    // Buckets of which it is not known whether they are still there count as well: then there may be none to remove.
    if (this.#model.pointCount > sizes.pointCountMax && this.#openBuckets().length > 0) {
      await this.#removeBucket();
      return;
    }
    const bucket = this.#pickBucket();
    if (bucket === undefined) {
      await this.#makeBucket();
      return;
    }
    switch (this.#random.weighted(WEIGHTS)) {
      case 'lines': {
        const stretch = this.#lastStretch(bucket, LINES) ?? this.#newStretch(bucket, LINES, 1);
        for (let left = this.#random.between(1, 6); left > 0; left--) await this.#write(bucket, stretch, 'v', stretch.rowCount, 1);
        return;
      }
      case 'batch': {
        const stretch = this.#newStretch(bucket, this.#random.pick(MEASUREMENTS));
        await this.#write(bucket, stretch, this.#random.pick(FIELDS), 0, this.#random.between(2, sizes.lineCountMax));
        return;
      }
      case 'flood': {
        const measurement = this.#random.pick(MEASUREMENTS);
        const lineCount = this.#random.between(sizes.lineCountMax >> 2, sizes.lineCountMax);
        const stretches = Array.from({ length: this.#random.between(2, sizes.batchCountMax) }, () => this.#newStretch(bucket, measurement));
        await allSettled(stretches.map((stretch) => this.#write(bucket, stretch, 'v', 0, lineCount)));
        const after = this.#random.below(4);
        if (after === 0) await this.#drain(bucket);
        if (after === 1) await this.#query(bucket, measurement);
        return;
      }
      case 'overwrite': {
        const stretch = this.#pickStretch(bucket);
        if (stretch === undefined || stretch.rowCount === 0) return;
        const from = this.#random.below(stretch.rowCount);
        const count = this.#random.between(1, stretch.rowCount - from);
        await this.#write(bucket, stretch, this.#random.pick(FIELDS), from, count);
        return;
      }
      case 'late': {
        const gap = this.#gaps.shift();
        if (gap === undefined || this.#random.chance(0.5)) {
          const stretch = this.#pickStretch(bucket);
          if (stretch === undefined) return;
          await this.#write(bucket, stretch, 'v', stretch.rowCount + this.#random.below(50), this.#random.between(1, 500));
        } else {
          const stretch = this.#stretchAt(bucket, this.#random.pick(MEASUREMENTS), gap);
          await this.#write(bucket, stretch, 'v', 0, this.#random.between(1, sizes.lineCountMax >> 1));
        }
        return;
      }
      case 'remove':
        await this.#remove(bucket);
        return;
      case 'drain':
        await this.#drain(bucket);
        return;
      case 'query':
        await this.#query(bucket, this.#random.pick(MEASUREMENTS));
        return;
      case 'bucket':
        if (this.#openBuckets().length < BUCKETS_MAX) await this.#makeBucket();
        else await this.#removeBucket();
        return;
      case 'token':
        await this.#changeThing('tokens');
        return;
      case 'user':
        await this.#changeThing('users');
    }
  }

  // Points

  #newStretch(bucket: Bucket, measurement: string, seriesCount?: number): Stretch {
    if (this.#random.chance(0.1)) this.#gaps.push(this.#second++);
    return this.#stretchAt(bucket, measurement, this.#second++, seriesCount);
  }

  #stretchAt(bucket: Bucket, measurement: string, second: number, seriesCount = measurement === 'wide' ? 40 : 4): Stretch {
    return this.#model.stretchOf(bucket, measurement, this.#number, (this.#number + 1) * SECONDS_PER_CLIENT + second, seriesCount);
  }

  #ownStretches(bucket: Bucket): Stretch[] {
    return [...bucket.stretches.values()].filter(({ client, rows }) => client === this.#number && rows.settled !== undefined);
  }

  #lastStretch(bucket: Bucket, measurement: string): Stretch | undefined {
    return this.#ownStretches(bucket)
      .filter((stretch) => stretch.measurement === measurement)
      .at(-1);
  }

  #pickStretch(bucket: Bucket): Stretch | undefined {
    const stretches = this.#ownStretches(bucket);
    return stretches.length === 0 ? undefined : this.#random.pick(stretches);
  }

  /** Writes rows from .. from + count - 1 of a stretch; a row has the same value in all series, of which it has one. */
  async #write(bucket: Bucket, stretch: Stretch, field: Field, from: number, count: number): Promise<void> {
    const base = (++this.#version % VERSIONS) * BASE_STEP;
    const to = from + count;
    const { seriesCount } = stretch;
    const settle = stretch.rows.begin((rows) => withWritten(rows, seriesCount, field, { from, to, base }));
    stretch.rowCount = Math.max(stretch.rowCount, to);
    bucket.rowCount += count;
    const lines: string[] = [];
    const heads = Array.from({ length: seriesCount }, (_, series) => `${stretch.measurement}${tagsOf(stretch, series)} ${field}=`);
    const startNs = BigInt(stretch.second) * STRETCH_NS;
    const suffix = field === 'v' ? 'i' : '';
    for (let row = from; row < to; row++) lines.push(`${heads[row % seriesCount]}${base + row}${suffix} ${startNs + BigInt(row) * ROW_NS}`);
    await this.#ask(settle, () => this.#post(`/api/v2/write?org=acme&bucket=${bucket.name}`, { body: lines.join('\n') }), bucket);
  }

  /** Deletes rows of some following seconds of this client, of one measurement or all, perhaps of one series. */
  async #remove(bucket: Bucket): Promise<void> {
    const own = this.#ownStretches(bucket).sort((a, b) => a.second - b.second);
    const first = own[this.#random.below(own.length)];
    if (first === undefined) return;
    const last = first.second + this.#random.below(5);
    const measurement = this.#random.chance(0.7) ? first.measurement : undefined;
    const series = measurement !== undefined && this.#random.chance(0.3) ? this.#random.below(first.seriesCount) : undefined;
    const from = this.#random.chance(0.3) ? this.#random.below(first.rowCount + 1) : 0;
    const settles = own
      .filter((stretch) => stretch.second >= first.second && stretch.second <= last)
      .filter((stretch) => measurement === undefined || stretch.measurement === measurement)
      .map((stretch) => stretch.rows.begin((rows) => withDeleted(rows, series, stretch === first ? from : 0, Infinity)));
    const predicate = [
      ...(measurement === undefined ? [] : [`_measurement="${measurement}"`]),
      ...(series === undefined ? [] : [`h="${series}"`]),
    ].join(' AND ');
    const json = {
      start: timeOf(first.second, from),
      stop: timeOf(last, 999_999),
      ...(predicate === '' ? {} : { predicate }),
    };
    const settle = (outcome: Outcome): void => {
      for (const each of settles) each(outcome);
    };
    await this.#ask(settle, () => this.#post(`/api/v2/delete?org=acme&bucket=${bucket.name}`, { json }), bucket);
  }

  /** A delete of nothing brings all that waits into its tables. */
  async #drain(bucket: Bucket): Promise<void> {
    const json = { start: timeOf(1, 0), stop: timeOf(2, 0) };
    await this.#ask(
      () => undefined,
      () => this.#post(`/api/v2/delete?org=acme&bucket=${bucket.name}`, { json }),
      bucket,
    );
  }

  /** A query brings what waits of its measurement into the table, while the log keeps it. */
  async #query(bucket: Bucket, measurement: string): Promise<void> {
    const headers = { 'content-type': 'application/vnd.flux' };
    const body = `from(bucket: "${bucket.name}") |> range(start: 0, stop: 2100-01-01T00:00:00Z) |> filter(fn: (r) => r._measurement == "${measurement}") |> count()`;
    await this.#ask(
      () => undefined,
      () => this.#post('/api/v2/query?org=acme', { headers, body }),
      bucket,
    );
  }

  // Metadata

  #openBuckets(): Bucket[] {
    return [...this.#model.buckets.values()].filter(({ status, isLeaving }) => status.settled === 'active' && !isLeaving);
  }

  #pickBucket(): Bucket | undefined {
    const buckets = this.#openBuckets();
    return buckets.length === 0 ? undefined : this.#random.pick(buckets);
  }

  async #makeBucket(): Promise<void> {
    const bucket = this.#model.addBucket(this.#model.newName('bucket'));
    const settle = bucket.status.begin(() => 'active');
    const json = { orgID: this.#surroundings.orgId, name: bucket.name, retentionRules: [] };
    const answer = await this.#ask(settle, () => this.#post('/api/v2/buckets', { json }));
    bucket.id = answer?.json?.id;
  }

  async #removeBucket(): Promise<void> {
    const bucket = this.#openBuckets().sort((a, b) => b.rowCount - a.rowCount)[0];
    if (bucket === undefined) return;
    bucket.isLeaving = true;
    const settle = bucket.status.begin(() => 'absent');
    await this.#ask(settle, () => this.#send('DELETE', `/api/v2/buckets/${bucket.id}`));
    if (bucket.status.settled === 'absent') this.#model.buckets.delete(bucket.name);
  }

  async #changeThing(kind: 'tokens' | 'users'): Promise<void> {
    const { orgId } = this.#surroundings;
    const path = kind === 'tokens' ? '/api/v2/authorizations' : '/api/v2/users';
    const known = [...this.#model[kind].values()].filter(({ status, id }) => status.settled !== undefined && id !== undefined);
    const thing = known.length === 0 ? undefined : this.#random.pick(known);
    if (thing === undefined || (known.length < THINGS_MAX && this.#random.chance(0.5))) {
      const made: Thing = this.#model.addThing(kind, this.#model.newName(kind === 'tokens' ? 'token' : 'user'));
      const settle = made.status.begin(() => 'active');
      const permissions = [{ action: 'read', resource: { type: 'buckets', orgID: orgId } }];
      const json = kind === 'tokens' ? { orgID: orgId, permissions, description: made.name } : { name: made.name };
      const answer = await this.#ask(settle, () => this.#post(path, { json }));
      made.id = answer?.json?.id;
      made.secret = kind === 'tokens' ? answer?.json?.token : undefined;
    } else if (known.length >= THINGS_MAX || this.#random.chance(0.3)) {
      const settle = thing.status.begin(() => 'absent');
      await this.#ask(settle, () => this.#send('DELETE', `${path}/${thing.id}`));
      if (thing.status.settled === 'absent') this.#model[kind].delete(thing.name);
    } else {
      const status = this.#random.pick(['active', 'inactive'] as const);
      const settle = thing.status.begin((now) => (now === 'absent' ? now : status));
      await this.#ask(settle, () => this.#send('PATCH', `${path}/${thing.id}`, { json: { status } }));
    }
  }

  // Requests

  #send(method: string, path: string, more: Record<string, unknown> = {}): Promise<TestResponse> {
    return this.#surroundings.server.send(method, path, { as: { token: this.#surroundings.operator }, ...more });
  }

  #post(path: string, more: Record<string, unknown>): Promise<TestResponse> {
    return this.#send('POST', path, more);
  }

  /**
   * @param bucket that somebody else may delete meanwhile
   * @throws GoneError when there is no answer; WrongAnswerError for one that must not be
   */
  async #ask(settle: (outcome: Outcome) => void, send: () => Promise<TestResponse>, bucket?: Bucket): Promise<TestResponse | undefined> {
    let answer: TestResponse;
    try {
      answer = await send();
    } catch (error) {
      throw new GoneError('no answer', { cause: error });
    }
    const { status, text } = answer;
    if (status < 300) {
      settle('done');
      return answer;
    }
    if (status === 404 && bucket !== undefined && (bucket.isLeaving || bucket.status.settled !== 'active')) {
      settle('refused');
      return undefined;
    }
    // A server that is being stopped.
    if (status === 503) throw new GoneError(text);
    throw new WrongAnswerError(`${status} ${text}`);
  }
}

const tagsOf = ({ measurement, client }: Stretch, series: number): string =>
  measurement === 'shared' ? `,h=${series}` : `,c=${client},h=${series}`;

/** With nanoseconds. */
function timeOf(second: number, microsecond: number): string {
  const whole = new Date(second * 1000).toISOString().slice(0, 19);
  return `${whole}.${String(microsecond).padStart(6, '0')}Z`;
}

/** All are waited for, so that none ends unseen; the first error counts. */
async function allSettled(works: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(works)) if (result.status === 'rejected') throw result.reason;
}
