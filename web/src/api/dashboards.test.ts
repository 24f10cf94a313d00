import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GRID_COLUMNS, placeCells } from './dashboards.js';

const cell = (x: number, y: number, w: number, h: number) => ({ x, y, w, h });

describe('cells of a dashboard', () => {
  it('stand where they are stored, without gaps above them', () => {
    const places = placeCells([cell(4, 10, 8, 2), cell(0, 0, 4, 3), cell(4, 0, 8, 2)]).map(({ x, y, w, h }) => [x, y, w, h]);
    expect(places).toEqual([
      [0, 0, 4, 3],
      [4, 0, 8, 2],
      [4, 2, 8, 2],
    ]);
  });

  it('never cover each other, and never stand beside the grid', () => {
    const number = fc.integer({ min: -3, max: 20 });
    fc.assert(
      fc.property(fc.array(fc.record({ x: number, y: number, w: number, h: number })), (cells) => {
        const taken = new Set<string>();
        for (const { x, y, w, h } of placeCells(cells)) {
          expect(x >= 0 && w > 0 && h > 0 && x + w <= GRID_COLUMNS).toBe(true);
          for (let column = x; column < x + w; column++) {
            for (let row = y; row < y + h; row++) {
              expect(taken.has(`${column} ${row}`)).toBe(false);
              taken.add(`${column} ${row}`);
            }
          }
        }
      }),
    );
  });
});
