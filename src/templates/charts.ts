/** The charts of a dashboard in a template: read into the cells that the dashboard's API takes. */
import type { Fault } from './faults.js';
import type { Spec, Values } from './spec.js';

/** The types of views that charts become, by the kind of chart. */
export const VIEW_TYPES: Readonly<Record<string, string>> = {
  gauge: 'gauge',
  geo: 'geo',
  heatmap: 'heatmap',
  histogram: 'histogram',
  markdown: 'markdown',
  mosaic: 'mosaic',
  scatter: 'scatter',
  single_stat: 'single-stat',
  single_stat_plus_line: 'line-plus-single-stat',
  table: 'table',
  xy: 'xy',
  band: 'band',
};

/** Whose colors are a list of texts. */
export const TEXT_COLORS: readonly string[] = ['heatmap', 'mosaic', 'scatter'];
/** Whose axes are members of their own: labels, prefixes, suffixes and domains. */
export const FLAT_AXES: readonly string[] = ['heatmap', 'mosaic', 'scatter', 'histogram'];

/** Members of views that a chart has by the same name, by the type of their value. */
export const SAME_NAMES = {
  text: ['prefix', 'suffix', 'tickPrefix', 'tickSuffix', 'timeFormat', 'hoverDimension', 'geom', 'position', 'mapStyle', 'note'].concat([
    'yLabelColumnSeparator',
    'upperColumn',
    'mainColumn',
    'lowerColumn',
  ]),
  flag: ['legendColorizeRows', 'legendHide', 'allowPanAndZoom', 'detectCoordinateFields'],
  integer: ['binSize', 'binCount', 'xTotalTicks', 'yTotalTicks', 'legendOrientationThreshold'],
  number: ['legendOpacity', 'zoom', 'xTickStart', 'xTickStep', 'yTickStart', 'yTickStep'],
  texts: ['generateXAxisTicks', 'generateYAxisTicks', 'fillColumns', 'yLabelColumns', 'ySeriesColumns'],
} as const;
/** Members that have another name in charts. */
export const OTHER_NAMES: Readonly<Record<string, string>> = {
  xCol: 'xColumn',
  yCol: 'yColumn',
  shade: 'shadeBelow',
  noteOnEmpty: 'showNoteWhenEmpty',
};
export const LEGEND_FIELDS = {
  flag: ['colorizeRows', 'show'],
  number: ['heightRatio', 'opacity', 'widthRatio'],
  integer: ['orientationThreshold'],
  text: ['valueAxis'],
} as const;
export const LAYER_FIELDS = {
  text: ['radiusField', 'colorField', 'intensityField'],
  flag: ['interpolateColors', 'randomColors', 'isClustered'],
  integer: ['radius', 'blur', 'trackWidth', 'speed'],
} as const;
export const LAYER_AXES = ['radiusDimension', 'colorDimension', 'intensityDimension'] as const;

/** A cell, as the API of dashboards takes it. */
export interface ChartCell {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly name: string;
  readonly properties: Values;
}

export function parseChart(spec: Spec): { readonly cell: ChartCell; readonly faults: readonly Fault[] } {
  const kind = spec.lower('kind');
  const type = Object.hasOwn(VIEW_TYPES, kind) ? VIEW_TYPES[kind] : undefined;
  const place = { x: spec.integer('xPos'), y: spec.integer('yPos'), w: spec.integer('width'), h: spec.integer('height') };
  const name = spec.text('name').trim();
  if (type === undefined) {
    const cell = { ...place, name, properties: { shape: 'empty' } };
    return { cell, faults: [{ field: 'kind', reason: `invalid chart kind provided: ${kind}` }] };
  }
  // The dashboard's API drops what its type of view does not have.
  const properties = { shape: 'chronograf-v2', type, ...readMembers(spec), ...readParts(spec, type) };
  return { cell: { ...place, name, properties }, faults: checkChart(spec, type) };
}

type FieldTypes = Readonly<Partial<Record<'text' | 'flag' | 'integer' | 'number' | 'texts', readonly string[]>>>;

function readFields(spec: Spec, fields: FieldTypes): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const name of fields.text ?? []) read[name] = spec.text(name);
  for (const name of fields.flag ?? []) read[name] = spec.flag(name);
  for (const name of fields.integer ?? []) read[name] = spec.integer(name);
  for (const name of fields.number ?? []) read[name] = spec.number(name);
  for (const name of fields.texts ?? []) read[name] = spec.has(name) ? spec.texts(name) : null;
  return read;
}

const readMembers = (spec: Spec): Values => ({
  ...readFields(spec, SAME_NAMES),
  xColumn: spec.text('xCol'),
  yColumn: spec.text('yCol'),
  shadeBelow: spec.flag('shade'),
  showNoteWhenEmpty: spec.flag('noteOnEmpty'),
});

function readParts(spec: Spec, type: string): Values {
  const queries = spec.objects('queries').map((query) => query.text('query').trim());
  const axes = spec.objects('axes');
  return {
    queries: queries.filter((text) => text !== '').map((text) => ({ text, editMode: 'advanced' })),
    colors: TEXT_COLORS.includes(type) ? spec.objects('colors').map((color) => color.text('hex')) : readColors(spec, 'colors'),
    decimalPlaces: { isEnforced: typeof spec.any('decimalPlaces') === 'number', digits: spec.integer('decimalPlaces') },
    staticLegend: readFields(spec.object('staticLegend') ?? spec, spec.has('staticLegend') ? LEGEND_FIELDS : {}),
    ...(FLAT_AXES.includes(type)
      ? readFlatAxes(axes)
      : { axes: Object.fromEntries(axes.map((axis) => [axis.text('name'), readAxis(axis, [])])) }),
    tableOptions: readTableOptions(spec.object('tableOptions')),
    fieldOptions: spec.objects('fieldOptions').map((option) => ({
      internalName: option.text('fieldName'),
      displayName: option.text('displayName'),
      visible: option.flag('visible'),
    })),
    center: { lat: spec.number('lat'), lon: spec.number('lon') },
    layers: spec.objects('geoLayers').map(readLayer),
  };
}

const readColors = (spec: Spec, field: string) =>
  spec.objects(field).map((color) => ({
    id: color.text('id'),
    name: color.text('name').trim(),
    type: color.text('type'),
    hex: color.text('hex'),
    value: color.number('value'),
  }));

const readAxis = (axis: Spec, bounds: readonly string[] | null): Values => ({
  bounds,
  ...readFields(axis, { text: ['label', 'prefix', 'suffix', 'base', 'scale'] }),
});

const domainOf = (axis: Spec): number[] => axis.texts('domain').map(Number);

function readFlatAxes(axes: readonly Spec[]): Values {
  const flat: Record<string, unknown> = {};
  for (const letter of ['x', 'y']) {
    const axis = axes.find((each) => each.text('name').trim() === letter);
    if (axis === undefined) continue;
    flat[`${letter}AxisLabel`] = axis.text('label');
    flat[`${letter}Prefix`] = axis.text('prefix');
    flat[`${letter}Suffix`] = axis.text('suffix');
    flat[`${letter}Domain`] = domainOf(axis).filter(Number.isFinite);
  }
  return flat;
}

const readTableOptions = (options: Spec | undefined): Values => ({
  verticalTimeAxis: options?.flag('verticalTimeAxis') ?? false,
  sortBy: { internalName: options?.text('sortBy') ?? '' },
  wrapping: options?.text('wrapping') ?? '',
  fixFirstColumn: options?.flag('fixFirstColumn') ?? false,
});

const readLayer = (layer: Spec): Values => ({
  type: layer.text('layerType'),
  ...readFields(layer, LAYER_FIELDS),
  colors: readColors(layer, 'viewColors'),
  ...Object.fromEntries(
    LAYER_AXES.flatMap((name) => {
      const axis = layer.object(name);
      return axis === undefined ? [] : [[name, readAxis(axis, null)]];
    }),
  ),
});

const GEOMETRIES: readonly string[] = ['line', 'step', 'stacked', 'monotoneX', 'bar'];
const WRAPPINGS: readonly string[] = ['', 'single-line', 'truncate', 'wrap'];

function checkChart(spec: Spec, type: string): readonly Fault[] {
  if (type === 'markdown') return [];
  const faults: Fault[] = [];
  for (const field of ['width', 'height']) if (spec.integer(field) <= 0) faults.push({ field, reason: 'must be greater than 0' });
  spec.objects('colors').forEach((color, index) => {
    if (color.text('hex') !== '') return;
    faults.push({ field: 'colors', index, nested: [{ field: 'hex', reason: 'a color must have a hex value provided' }] });
  });
  for (const axis of spec.objects('axes')) {
    const bad = axis.texts('domain').find((text) => !Number.isFinite(Number(text)) || text.trim() === '');
    if (bad !== undefined) faults.push({ field: 'axes', reason: `strconv.ParseFloat: parsing ${JSON.stringify(bad)}: invalid syntax` });
  }
  const needAxes = (...names: string[]): void => {
    const known = spec.objects('axes').map((axis) => axis.text('name').trim());
    for (const name of names) if (!known.includes(name)) faults.push({ field: 'axes', reason: `axis not found: ${JSON.stringify(name)}` });
  };
  const checkPosition = (): void => {
    const position = spec.text('position').toLowerCase();
    if (['', 'overlaid', 'stacked'].includes(position)) return;
    const reason = `invalid position supplied ${JSON.stringify(position)}; valid positions is one of [overlaid, stacked]`;
    faults.push({ field: 'position', reason });
  };
  switch (type) {
    case 'gauge': {
      const known = spec.objects('colors').map((color) => color.text('type'));
      for (const name of ['min', 'max']) {
        if (!known.includes(name)) faults.push({ field: 'colors', reason: `type not found: ${JSON.stringify(name)}` });
      }
      break;
    }
    case 'heatmap':
    case 'scatter':
      needAxes('x', 'y');
      break;
    case 'histogram':
      needAxes('x');
      break;
    case 'line-plus-single-stat':
      needAxes('x', 'y');
      checkPosition();
      break;
    case 'table':
      if (!WRAPPINGS.includes(spec.object('tableOptions')?.text('wrapping') ?? '')) {
        const reason = 'chart table option should 1 in ["single-line", "truncate", "wrap"]';
        faults.push({ field: 'tableOptions', nested: [{ field: 'wrapping', reason }] });
      }
      break;
    case 'xy': {
      const geom = spec.text('geom');
      if (!GEOMETRIES.includes(geom)) {
        const problem = geom === '' ? 'type not found' : 'type provided is not supported';
        faults.push({ field: 'geom', reason: `${problem}: ${JSON.stringify(geom)}` });
      }
      needAxes('x', 'y');
      checkPosition();
      break;
    }
  }
  return faults;
}
