/** Dashboards of templates: their charts become cells. */
import { DomainError } from '../domain/errors.js';
import { shapeProperties } from '../kinds/dashboards/views.js';
import { parseChart, type ChartCell } from './charts.js';
import type { Fault } from './faults.js';
import { checkName, type ParseSpec } from './resource.js';

const NAME_LENGTH_MIN = 2;

export const parseDashboard: ParseSpec = (spec, { name }) => {
  const description = spec.text('description');
  const faults: Fault[] = [];
  const cells: ChartCell[] = [];
  spec.objects('charts').forEach((chart, index) => {
    const { cell, faults: nested } = parseChart(chart);
    if (nested.length > 0) faults.push({ field: 'charts', index, nested });
    else {
      try {
        cells.push({ ...cell, properties: shapeProperties(cell.properties) as ChartCell['properties'] });
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        faults.push({ field: 'charts', index, nested: [{ field: 'kind', reason: error.message }] });
      }
    }
  });
  const charts = cells.map(({ x, y, w, h, properties }) => ({ properties, xPos: x, yPos: y, height: h, width: w }));
  const shown = { name, description, charts };
  return { faults: [...faults, ...checkName(name, NAME_LENGTH_MIN)], body: { name, description, cells }, summary: shown, diff: shown };
};
