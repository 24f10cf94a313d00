/** The types that are written down here against those of InfluxData's own checker. */
import { afterAll, describe, expect, it } from 'vitest';
import { canonicalType } from '../../../../test/support/flux-types.js';
import { typeOfSignature } from '../language/signature.js';
import { FluxLsp } from '../syntax/flux-lsp.js';
import { packagesWithSignatures, signaturesOf } from './signatures.js';

const lsp = new FluxLsp();
afterAll(() => {
  lsp.discard();
});

/** The checker that is at hand is older than the library: it does not know these, or knows them by another type. */
const NEWER = new Set([
  'contrib/bonitoo-io/hex.bytes',
  'json.encode',
  'experimental/json.parse',
  'system.time',
  'runtime.version',
  'types.isNumeric',
]);

describe.each(packagesWithSignatures())('%s', (path) => {
  it('has the types that the checker knows', async () => {
    const name = path.split('/').at(-1) as string;
    const names = [...signaturesOf(path).keys()].filter((label) => !NEWER.has(`${path}.${label}`));
    const isPrelude = path === 'universe';
    const lines = names.map((label) => (isPrelude ? label : `f_${label} = ${name}.${label}`));
    const types = (await lsp.typesOf([...(isPrelude ? [] : [`import "${path}"`]), ...lines])).slice(isPrelude ? 0 : 1);
    const checked = types.map((type, i) => [names[i], canonicalType(typeOfSignature(type.replaceAll('#', '')))]);
    expect(names.map((label) => [label, canonicalType(typeOfSignature(signaturesOf(path).get(label) as string))])).toEqual(checked);
  });
});
