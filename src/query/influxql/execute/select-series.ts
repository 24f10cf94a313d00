/** Which series of a measurement a request is about, by their tags, and their groups in order. */
import type { Tag } from '../../../domain/series.js';
import { compareUtf8 } from '../../../domain/utf8-order.js';
import { compareGroups, type Group, groupOf } from './block.js';
import { isFieldOf, type ReadRequest } from './read-request.js';
import { judgeSeries, type Verdict } from './series-filter.js';

export interface SelectedSeries {
  readonly tags: readonly Tag[];
  readonly verdict: Verdict;
  readonly group: number;
}

/** Which series of a measurement a request is about, and their groups in the order in which they are wanted. */
export interface Selection {
  /** By the place of the series in the schema; undefined where a series is not wanted. */
  readonly series: readonly (SelectedSeries | undefined)[];
  readonly groups: readonly { readonly group: Group; readonly lastSeries: number }[];
  /** Places in `groups`. */
  readonly order: readonly number[];
}

export function select(request: ReadRequest): Selection {
  const { schema, condition, dimensions, ascending } = request;
  const isField = isFieldOf(schema);
  const groups: { group: Group; lastSeries: number }[] = [];
  const groupOfId = new Map<string, number>();
  const series = schema.series.map((tags, place): SelectedSeries | undefined => {
    const verdict = condition === undefined ? true : judgeSeries(condition, tags, isField);
    if (verdict === false) return undefined;
    const group = groupOf(schema.name, tags, dimensions);
    let index = groupOfId.get(group.id);
    if (index === undefined) {
      index = groups.push({ group, lastSeries: place }) - 1;
      groupOfId.set(group.id, index);
    } else (groups[index] as { lastSeries: number }).lastSeries = place;
    return { tags, verdict, group: index };
  });
  const groupAt = (index: number): Group => (groups[index] as { group: Group }).group;
  const order = [...groups.keys()].sort((a, b) => compareGroups(groupAt(a), groupAt(b)));
  const selection = { series, groups, order: ascending ? order : order.reverse() };
  return request.seriesLimit === 0 && request.seriesOffset === 0 ? selection : limitSelection(selection, request);
}

/** Keeps the groups that SLIMIT and SOFFSET ask for. */
function limitSelection(
  { series, groups, order }: Selection,
  { schema, limitDimensions, seriesLimit, seriesOffset }: ReadRequest,
): Selection {
  const limitOf = series.map((one) => one && groupOf(schema.name, one.tags, limitDimensions));
  const limited = new Map(limitOf.filter((group) => group !== undefined).map((group) => [group.id, group]));
  const end = seriesLimit === 0 ? limited.size : seriesOffset + seriesLimit;
  const kept = new Set(inIndexOrder([...limited.values()]).slice(seriesOffset, end));
  const remaining = series.map((one, place) => (kept.has(limitOf[place]?.id ?? '') ? one : undefined));
  const wanted = new Set(remaining.map((one) => one?.group));
  return { series: remaining, groups, order: order.filter((index) => wanted.has(index)) };
}

/** Ids of groups in the order in which InfluxDB's index counts them, which is not that in which it shows them. */
function inIndexOrder(groups: readonly Group[]): string[] {
  const keyed = groups.map(({ tags, id }) => {
    const present = tags.filter(([, value]) => value !== '');
    return { id, key: [...present.map(([key]) => key), ...present.map(([, value]) => value)].join('|') };
  });
  return keyed.sort((a, b) => compareUtf8(a.key, b.key)).map(({ id }) => id);
}
