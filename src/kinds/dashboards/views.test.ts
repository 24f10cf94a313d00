import { describe, expect, it } from 'vitest';
import { shapeProperties } from './views.js';

const view = (members: object): object => shapeProperties({ shape: 'chronograf-v2', ...members });

describe('the properties of a view', () => {
  it('are those of its type: unknown ones are dropped, the others have zero values', () => {
    expect(view({ type: 'markdown', NOTE: '#', queries: [] })).toEqual({ shape: 'chronograf-v2', type: 'markdown', note: '#' });
    expect(view({ type: 'check', checkID: 'a', colors: null })).toEqual({
      shape: 'chronograf-v2',
      type: 'check',
      checkID: 'a',
      queries: null,
      colors: null,
      legendColorizeRows: false,
      legendHide: false,
      legendOpacity: 0,
      legendOrientationThreshold: 0,
    });
  });

  it('fill what they hold', () => {
    expect(
      view({ type: 'xy', queries: [{ text: 'buckets()' }], axes: { x: { label: 'l' } }, staticLegend: { show: false, opacity: 1 } }),
    ).toMatchObject({
      queries: [
        {
          text: 'buckets()',
          editMode: '',
          builderConfig: { buckets: [], tags: [], functions: [], aggregateWindow: { period: '', fillValues: false } },
        },
      ],
      axes: { x: { bounds: null, label: 'l', scale: '' } },
      staticLegend: { opacity: 1 },
    });
    expect(view({ type: 'heatmap', xDomain: [], yDomain: [0, 1] })).not.toHaveProperty('xDomain');
    expect(view({ type: 'table', tableOptions: { sortBy: null } })).toMatchObject({
      tableOptions: { sortBy: { internalName: '', displayName: '', visible: false }, wrapping: '' },
    });
  });

  it.each([
    [{ type: 'xy', note: 1 }, 'properties.note must be a string'],
    [{ type: 'xy', axes: { x: [] } }, 'properties.axes.x must be an object'],
    [{ type: 'gauge', decimalPlaces: { digits: 3e9 } }, 'properties.decimalPlaces.digits must be a whole number of 32 bits'],
    [{ type: 'scatter', fillColumns: ['a', 1] }, 'properties.fillColumns[1] must be a string'],
    [{ type: 'toString' }, 'a view has one of the types xy,'],
    [{ shape: 'round' }, 'unknown shape round'],
    [{ shape: undefined }, 'the properties of a view need a shape'],
  ])('refuse %j', (members, message) => {
    expect(() => view(members)).toThrow(message);
  });

  it('are none for an empty view', () => {
    expect(shapeProperties({ shape: 'empty', note: 'x' })).toEqual({ shape: 'empty' });
  });
});
