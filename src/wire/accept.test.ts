import { expect, it } from 'vitest';
import { negotiateType } from './accept.js';

const OFFERS = ['application/toml', 'application/json', 'application/octet-stream'] as const;

it.each([
  ['', 'application/toml'],
  ['*/*', 'application/toml'],
  ['text/html', 'application/toml'],
  ['application/json', 'application/json'],
  ['application/json, */*', 'application/json'],
  ['*/*, application/json', 'application/json'],
  ['application/*', 'application/toml'],
  ['application/toml;q=0.5, application/json;q=0.8', 'application/json'],
  ['application/json;q=0.1, */*;q=0.2', 'application/toml'],
  ['application/toml;q=0, application/octet-stream;q=0.1', 'application/octet-stream'],
  // Go stops at what it cannot read.
  ['application/json;level=1, application/octet-stream', 'application/toml'],
])('%j prefers %s', (header, type) => {
  expect(negotiateType(header, OFFERS)).toBe(type);
});
