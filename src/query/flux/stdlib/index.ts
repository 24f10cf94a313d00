/** All packages of the library by the path under which scripts import them. */
import type { Package } from './native.js';
import { universe } from './universe/index.js';

export const UNIVERSE: Package = universe;

export const PACKAGES: ReadonlyMap<string, Package> = new Map<string, Package>([]);
