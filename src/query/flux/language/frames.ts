/** The names inside functions: each has its place in the frame of a call, found once, when the function is compiled. */
import type { Value } from './value.js';

/** The values of the names of one function's call; names of outer functions are found through `outer`. */
export interface Frame {
  readonly values: (Value | undefined)[];
  readonly outer: Frame | undefined;
}

/** A compiled expression. */
export type Evaluate = (frame: Frame | undefined) => Value;

/** While compiling: which name stands at which place of a frame. */
export interface Names {
  readonly indexOf: Map<string, number>;
  readonly outer: Names | undefined;
  /** Whether InfluxDB applies the function to whole columns, where `and` and `or` know three values. */
  readonly isVectorized?: boolean;
}

/** Reads a name of a function; undefined where the name is none of a function's. */
export function compileLocalName(name: string, names: Names | undefined): Evaluate | undefined {
  let depth = 0;
  for (let scope = names; scope !== undefined; scope = scope.outer, depth++) {
    const index = scope.indexOf.get(name);
    if (index === undefined) continue;
    if (depth === 0) return (frame) => (frame as Frame).values[index] ?? null;
    const up = depth;
    return (frame) => {
      let target = frame as Frame;
      for (let i = 0; i < up; i++) target = target.outer as Frame;
      return target.values[index] ?? null;
    };
  }
  return undefined;
}

/** The value that a name has in a frame or around it; otherwise what `otherwise` finds. */
export function findLocal(
  name: string,
  names: Names | undefined,
  frame: Frame | undefined,
  otherwise: (name: string) => Value | undefined,
): Value | undefined {
  for (let scope = names, at = frame; scope !== undefined && at !== undefined; scope = scope.outer, at = at.outer) {
    const index = scope.indexOf.get(name);
    if (index !== undefined) return at.values[index];
  }
  return otherwise(name);
}
