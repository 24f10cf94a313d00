/** Package `profiler`: which times of a query are told with its results. */
import type { Package } from '../native.js';
import { constant } from '../native.js';

export const PROFILER_PACKAGE = 'profiler';
export const ENABLED_PROFILERS = 'enabledProfilers';

export const profiler: Package = { [ENABLED_PROFILERS]: constant(['']) };
