/** Package `sampledata`: the small tables of InfluxDB's documentation. */
import { TableStream } from '../../execute/table-stream.js';
import { Time } from '../../language/value.js';
import { toInt, toUInt } from '../universe/to-type.js';
import type { Chunk } from '../../table/chunk.js';
import { columnOf, constantColumn } from '../../table/chunk.js';
import { GroupKey } from '../../table/group-key.js';
import type { Cell, ColumnType } from '../../table/vector.js';
import { timeVector, vectorOf } from '../../table/vector.js';
import type { Native, Package } from '../native.js';
import { Pipe, constant, native } from '../native.js';

const NS_PER_SECOND = 1_000_000_000n;
/** 2021-01-01T00:00:00Z. */
const START_NS = 1_609_459_200n * NS_PER_SECOND;
const STEP_NS = 10n * NS_PER_SECOND;
const ROWS = 6;

type Samples = readonly (readonly [tag: string, cells: readonly Cell[], nulls: readonly number[]])[];

const NULLS = { t1: [1, 3, 4], t2: [0, 4] };
const ofBoth = (t1: readonly Cell[], t2: readonly Cell[], nulls: { t1: readonly number[]; t2: readonly number[] } = NULLS): Samples => [
  ['t1', t1, nulls.t1],
  ['t2', t2, nulls.t2],
];

const NUMBERS = ofBoth([-2.18, 10.92, 7.35, 17.53, 15.23, 4.43], [19.85, 4.97, -3.75, 19.77, 13.86, 1.86]);
const BOOLEANS = ofBoth([true, true, false, true, false, false], [false, true, false, true, true, false]);
const TEXTS = ofBoth(
  ['smpl_g9qczs', 'smpl_0mgv9n', 'smpl_phw664', 'smpl_guvzy4', 'smpl_5v3cce', 'smpl_s9fmgy'],
  ['smpl_b5eida', 'smpl_eu4oxp', 'smpl_5g7tz4', 'smpl_sox1ut', 'smpl_wfm757', 'smpl_dtn2bv'],
);

const TIMES = BigInt64Array.from({ length: ROWS }, (_, row) => START_NS + BigInt(row) * STEP_NS);

function tableOf(type: ColumnType, [tag, cells, nulls]: Samples[number], includeNull: boolean): Chunk {
  return {
    key: new GroupKey([{ label: 'tag', type: 'string', value: tag }]),
    columns: [
      columnOf('_time', timeVector(TIMES)),
      constantColumn('tag', 'string', tag, ROWS),
      columnOf(
        '_value',
        vectorOf(
          type,
          cells.map((cell, row) => (includeNull && nulls.includes(row) ? null : cell)),
        ),
      ),
    ],
    rowCount: ROWS,
  };
}

const samples = (type: ColumnType, of: Samples, convert?: Native): Native =>
  native((args, context) => {
    const includeNull = args.bool('includeNull', false);
    const stream = new TableStream({
      spec: { kind: 'source' },
      inputs: [],
      site: context.site,
      bounds: undefined,
      // eslint-disable-next-line @typescript-eslint/require-await -- a source that has nothing to wait for
      produce: async function* () {
        for (const one of of) yield { chunk: tableOf(type, one, includeNull), last: true };
      },
    });
    return convert === undefined ? stream : new TableStream(new Pipe(stream.node, context).to(convert).node);
  });

export const sampledata: Package = {
  start: constant(new Time(START_NS)),
  stop: constant(new Time(START_NS + BigInt(ROWS) * STEP_NS)),
  bool: samples('bool', BOOLEANS),
  float: samples('float', NUMBERS),
  int: samples('float', NUMBERS, toInt),
  numericBool: samples('bool', BOOLEANS, toInt),
  string: samples('string', TEXTS),
  uint: samples('float', NUMBERS, toUInt),
};
