/** The cells of a dashboard as charts of a template; cells whose view shows nothing, or nothing that a chart can, are left out. */
import { FLAT_AXES, LAYER_AXES, LAYER_FIELDS, LEGEND_FIELDS, OTHER_NAMES, SAME_NAMES, TEXT_COLORS, VIEW_TYPES } from './charts.js';
import { withoutEmpty } from './resource.js';
import type { Spec } from './spec.js';
import { isObject, type Values } from './spec.js';

const KIND_OF_TYPE = new Map(Object.entries(VIEW_TYPES).map(([kind, type]) => [type, kind]));

/** By their place, as InfluxDB orders them. */
export function exportCharts(cells: readonly Spec[]): Values[] {
  const ordered = [...cells].sort((a, b) => a.number('x') - b.number('x') || a.number('y') - b.number('y'));
  return ordered.flatMap((cell) => {
    const view = cell.object('properties');
    const kind = KIND_OF_TYPE.get(view?.text('type') ?? '');
    return view === undefined || kind === undefined ? [] : [exportChart(cell, view, kind)];
  });
}

/** `Single_Stat` */
const titleOf = (kind: string): string => kind.replace(/(^|_)[a-z]/g, (letter) => letter.toUpperCase());

function exportChart(cell: Spec, view: Spec, kind: string): Values {
  const type = view.text('type');
  const decimals = view.object('decimalPlaces');
  const axes = FLAT_AXES.includes(type) ? exportFlatAxes(view, type) : exportAxes(view);
  const queries = view.objects('queries').map((query) => ({ query: query.text('text').trim() }));
  const layers = view.objects('layers').map(exportLayer);
  const fields = view
    .objects('fieldOptions')
    .map((field) =>
      withoutEmpty({ fieldName: field.text('internalName'), displayName: field.text('displayName'), visible: field.flag('visible') }),
    );
  const colors = TEXT_COLORS.includes(type) ? view.texts('colors').map((hex) => ({ hex })) : exportColors(view, 'colors');
  const options = exportTableOptions(view.object('tableOptions'));
  const center = view.object('center');
  return {
    kind: titleOf(kind),
    name: cell.text('name'),
    height: cell.integer('h'),
    width: cell.integer('w'),
    ...withoutEmpty({ xPos: cell.integer('x'), yPos: cell.integer('y') }),
    ...exportMembers(view),
    staticLegend: exportFields(view.object('staticLegend'), LEGEND_FIELDS),
    ...(decimals?.flag('isEnforced') === true ? { decimalPlaces: decimals.integer('digits') } : {}),
    ...withoutEmpty({ lat: center?.number('lat') ?? 0, lon: center?.number('lon') ?? 0 }),
    ...withoutEmptyLists({ queries, colors, axes, geoLayers: layers, fieldOptions: fields }),
    ...(Object.keys(options).length === 0 ? {} : { tableOptions: options }),
  };
}

const withoutEmptyLists = (lists: Readonly<Record<string, readonly unknown[]>>): Values =>
  Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));

function exportMembers(view: Spec): Values {
  const same = Object.values(SAME_NAMES).flatMap((names): readonly string[] => names);
  const members = Object.fromEntries(same.map((name) => [name, view.any(name)]));
  const others = Object.fromEntries(Object.entries(OTHER_NAMES).map(([chart, name]) => [chart, view.any(name)]));
  return Object.fromEntries(
    Object.entries(withoutEmpty({ ...members, ...others })).filter(([, value]) => !Array.isArray(value) || value.length > 0),
  );
}

function exportFields(from: Spec | undefined, fields: Readonly<Record<string, readonly string[]>>): Values {
  const names = Object.values(fields).flat();
  return withoutEmpty(Object.fromEntries(names.map((name) => [name, from?.any(name)])));
}

const exportColors = (view: Spec, field: string): Values[] =>
  view.objects(field).map((color) =>
    withoutEmpty({
      id: color.text('id'),
      name: color.text('name'),
      type: color.text('type'),
      hex: color.text('hex'),
      value: color.number('value'),
    }),
  );

const AXIS_TEXTS = { text: ['base', 'label', 'prefix', 'scale', 'suffix'] } as const;

function exportAxes(view: Spec): Values[] {
  const axes = view.any('axes');
  if (!isObject(axes)) return [];
  const names = Object.keys(axes).sort();
  return names.map((name) => ({ name, ...exportFields(view.object('axes')?.object(name), AXIS_TEXTS) }));
}

function exportFlatAxes(view: Spec, type: string): Values[] {
  const letters = type === 'histogram' ? ['x'] : ['x', 'y'];
  return letters.map((letter) => {
    const domain = view.list(`${letter}Domain`);
    return {
      name: letter,
      ...withoutEmpty({
        label: view.text(`${letter}AxisLabel`),
        prefix: view.text(`${letter}Prefix`),
        suffix: view.text(`${letter}Suffix`),
      }),
      ...(domain.length === 0 ? {} : { domain }),
    };
  });
}

const exportTableOptions = (options: Spec | undefined): Values =>
  withoutEmpty({
    verticalTimeAxis: options?.flag('verticalTimeAxis') ?? false,
    fixFirstColumn: options?.flag('fixFirstColumn') ?? false,
    sortBy: options?.object('sortBy')?.text('internalName') ?? '',
    wrapping: options?.text('wrapping') ?? '',
  });

function exportLayer(layer: Spec): Values {
  const colors = exportColors(layer, 'colors');
  const axes = LAYER_AXES.map((name) => [name, exportFields(layer.object(name), AXIS_TEXTS)] as const);
  return {
    ...withoutEmpty({ layerType: layer.text('type') }),
    ...exportFields(layer, LAYER_FIELDS),
    ...(colors.length === 0 ? {} : { viewColors: colors }),
    ...Object.fromEntries(axes.filter(([, axis]) => Object.keys(axis).length > 0)),
  };
}
