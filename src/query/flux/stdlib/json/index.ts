/** Packages `json` and `experimental/json`. */
import type { Package } from '../native.js';
import { encode } from './encode.js';
import { parse } from './parse.js';

export const json: Package = { encode };
export const experimentalJson: Package = { parse };
