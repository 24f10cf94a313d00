/** The result of a comparison, from the order of its two values. */
import type { Comparison } from './series.js';

/** @param order below zero where the left side comes first, zero where the sides are equal */
export function holds(comparison: Comparison, order: number): boolean {
  switch (comparison) {
    case '==':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}
