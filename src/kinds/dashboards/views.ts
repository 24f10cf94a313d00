/** The properties of views, by the type of the view: unknown ones are dropped, and those that are not given have zero values. */
import { invalid } from '../../domain/errors.js';
import { findMember } from '../../wire/json.js';
import { flag, float, integer, integer32, list, mapOf, object, text, type Shape } from './shapes.js';

type Members = Readonly<Record<string, Shape>>;

const texts = list(text);

const query = object({
  text,
  editMode: text,
  name: text,
  // Pages expect lists here.
  builderConfig: object({
    buckets: list(text, []),
    tags: list(object({ key: text, values: texts, aggregateFunctionType: text }), []),
    functions: list(object({ name: text }), []),
    aggregateWindow: object({ period: text, fillValues: flag }),
  }),
});
const queries = list(query);

const axis = object({ bounds: texts, label: text, prefix: text, suffix: text, base: text, scale: text });
const color = object({ id: text, type: text, hex: text, name: text, value: float });
const colors = list(color);
const decimalPlaces = object({ isEnforced: flag, digits: integer32 });
const field = object({ internalName: text, displayName: text, visible: flag });
const staticLegend = object(
  {},
  {
    colorizeRows: flag,
    heightRatio: float,
    show: flag,
    opacity: float,
    orientationThreshold: integer,
    valueAxis: text,
    widthRatio: float,
  },
);

const note: Members = { note: text, showNoteWhenEmpty: flag };
const legend: Members = { legendColorizeRows: flag, legendHide: flag, legendOpacity: float, legendOrientationThreshold: integer };
const xTicks: Members = { xColumn: text, generateXAxisTicks: texts, xTotalTicks: integer, xTickStart: float, xTickStep: float };
const yTicks: Members = { yColumn: text, generateYAxisTicks: texts, yTotalTicks: integer, yTickStart: float, yTickStep: float };
const axisTexts: Members = { xAxisLabel: text, yAxisLabel: text, xPrefix: text, xSuffix: text, yPrefix: text, ySuffix: text };
const domains: Members = { xDomain: list(float), yDomain: list(float) };
const tickTexts: Members = { prefix: text, tickPrefix: text, suffix: text, tickSuffix: text };

/** What graphs of lines have in common. */
const graph: Members = {
  queries,
  axes: mapOf(axis),
  staticLegend,
  colors,
  timeFormat: text,
  hoverDimension: text,
  ...note,
  ...xTicks,
  ...yTicks,
  ...legend,
};
const layer = object({
  type: text,
  radiusField: text,
  colorField: text,
  intensityField: text,
  colors,
  radius: integer32,
  blur: integer32,
  radiusDimension: axis,
  colorDimension: axis,
  intensityDimension: axis,
  interpolateColors: flag,
  trackWidth: integer32,
  speed: integer32,
  randomColors: flag,
  isClustered: flag,
});
const singleStat = view({ queries, ...tickTexts, colors, decimalPlaces, ...note });

function view(members: Members, optional: Members = {}): Shape {
  return object({ type: text, ...members }, optional);
}

const VIEWS: Readonly<Record<string, Shape>> = {
  xy: view({ ...graph, geom: text, shadeBelow: flag, position: text }),
  'line-plus-single-stat': view({ ...graph, prefix: text, suffix: text, decimalPlaces, shadeBelow: flag, position: text }),
  band: view({ ...graph, geom: text, upperColumn: text, mainColumn: text, lowerColumn: text }),
  'single-stat': singleStat,
  gauge: singleStat,
  table: view({
    queries,
    colors,
    tableOptions: object({ verticalTimeAxis: flag, sortBy: field, wrapping: text, fixFirstColumn: flag }),
    fieldOptions: list(field),
    timeFormat: text,
    decimalPlaces,
    ...note,
  }),
  markdown: view({ note: text }),
  histogram: view(
    { queries, colors, xColumn: text, fillColumns: texts, xAxisLabel: text, position: text, binCount: integer, ...note, ...legend },
    { xDomain: list(float) },
  ),
  heatmap: view(
    { queries, colors: texts, binSize: integer32, timeFormat: text, ...xTicks, ...yTicks, ...axisTexts, ...note, ...legend },
    domains,
  ),
  scatter: view(
    {
      queries,
      colors: texts,
      fillColumns: texts,
      symbolColumns: texts,
      timeFormat: text,
      ...xTicks,
      ...yTicks,
      ...axisTexts,
      ...note,
      ...legend,
    },
    domains,
  ),
  mosaic: view(
    {
      queries,
      colors: texts,
      fillColumns: texts,
      yLabelColumnSeparator: text,
      yLabelColumns: texts,
      ySeriesColumns: texts,
      timeFormat: text,
      hoverDimension: text,
      ...xTicks,
      ...axisTexts,
      ...note,
      ...legend,
    },
    domains,
  ),
  geo: view({
    queries,
    center: object({ lat: float, lon: float }),
    zoom: float,
    mapStyle: text,
    allowPanAndZoom: flag,
    detectCoordinateFields: flag,
    colors,
    layers: list(layer),
    ...note,
  }),
  'log-viewer': view({
    columns: list(object({ name: text, position: integer32, settings: list(object({ type: text, value: text }, { name: text })) })),
  }),
  check: view({ queries, checkID: text, colors: texts, ...legend }),
};

/** Of a view that shows nothing. */
export const NO_PROPERTIES = { shape: 'empty' };
const SHAPE = 'chronograf-v2';

/** @throws DomainError `invalid` for a shape or type that does not exist, or a property of a wrong type */
export function shapeProperties(given: Readonly<Record<string, unknown>>): object {
  const [shape, type] = ['shape', 'type'].map((name) => findMember(given, name));
  if (typeof shape !== 'string') throw invalid('the properties of a view need a shape');
  if (shape === NO_PROPERTIES.shape) return NO_PROPERTIES;
  if (shape !== SHAPE) throw invalid(`unknown shape ${shape}`);
  if (typeof type !== 'string' || !Object.hasOwn(VIEWS, type)) {
    throw invalid(`a view has one of the types ${Object.keys(VIEWS).join(', ')}`);
  }
  return { shape, ...(VIEWS[type]?.(given, 'properties') as object) };
}
