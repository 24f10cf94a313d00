/** Every public name of InfluxDB's Flux library, held against what there is: one use of each, from `library.txt`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FluxEnvironment } from '../../src/query/flux/environment.js';
import { namesOf } from '../../src/query/flux/stdlib/flux-package.js';
import { PACKAGES } from '../../src/query/flux/stdlib/index.js';
import { DATA, csvOf, environmentWith } from '../support/flux.js';

const lines = readFileSync(join(import.meta.dirname, 'library.txt'), 'utf8').split('\n');
const PRELUDE = lines
  .filter((line) => line.startsWith('// ') && line.includes(' = '))
  .map((line) => line.slice(3))
  .join('\n');
const uses = lines
  .filter((line) => line !== '' && !line.startsWith('//'))
  .map((line) => {
    const [path, name, kind, use] = line.split('\t') as [string, string, string, string];
    return { path, name, kind, use };
  });
const usesOf = (...kinds: readonly string[]) =>
  uses.filter(({ kind }) => kinds.includes(kind)).map((one) => [`${one.path}.${one.name}`, one] as const);

/** What InfluxDB itself does not document; and what its prelude has from another package. */
const NOT_LISTED = /^internal\/|^universe\.(buckets|from|to)$/;
const CSV = '#datatype,string,long,string\n#group,false,false,false\n#default,_result,,\n,result,table,a\n,,0,b\n';
const LINES = 'm,t=a f=1,v=2 1609459200000000000\nm,t=a f=2,v=2 1609459210000000000';

async function run({ path, kind, use }: (typeof uses)[number]): Promise<string> {
  const find: FluxEnvironment['findBucket'] = (reference) =>
    Promise.resolve('name' in reference && ['data', '_monitoring'].includes(reference.name) ? DATA : undefined);
  const environment = await environmentWith(LINES, {
    findBucket: find,
    findWritableBucket: find,
    send: () => ({ status: 200, headers: {}, body: Buffer.from(CSV) }),
  });
  const statement = kind === 'value' ? `array.from(rows: [{_value: display(v: ${use})}])` : use;
  return csvOf(`import "array"\nimport "experimental"\nimport p "${path}"\n${PRELUDE}\n${statement}`, environment);
}

describe('the library', () => {
  it.each(usesOf('stream', 'value'))('has %s', async (_name, one) => {
    await run(one);
  });

  it.each(usesOf('refused'))('refuses %s by name', async (_name, one) => {
    await expect(run({ ...one, use: `x = p.${one.name}` })).rejects.toThrow(/^function "[^"]+" of package "[^"]+" opens a connection/);
  });

  it.each(usesOf('missing'))('still lacks %s', async (_name, one) => {
    await expect(run({ ...one, use: `x = p.${one.name}` })).rejects.toThrow('is not supported by this server');
  });

  it('offers nothing that is not in the list', async () => {
    const listed = new Set(uses.map(({ path, name }) => `${path}.${name}`));
    const offered = await Promise.all([...PACKAGES.keys()].map(async (path) => (await namesOf(path)).map((name) => `${path}.${name}`)));
    expect(offered.flat().filter((name) => !listed.has(name) && !NOT_LISTED.test(name))).toEqual([]);
  });
});
