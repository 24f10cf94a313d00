/**
 * Bundles the two programs, so that neither looks for hundreds of files before it begins: the command line into one file, whose commands are
 * each evaluated when wanted, and the server into a few, of which a command like `sluiced version` reads one. Types are checked elsewhere
 * (`npm run check`). A step of `npm run build`.
 */
import { readFileSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

/** The version is read from package.json where that lies beside; the bundles have it in themselves. */
const versionPlugin = {
  name: 'version',
  setup(builder) {
    builder.onLoad({ filter: /[/\\]src[/\\]version\.ts$/ }, () => ({ contents: `export const VERSION = ${JSON.stringify(version)};` }));
  },
};

const both = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'none',
  plugins: [versionPlugin],
  logLevel: 'warning',
};

rmSync(new URL('dist', import.meta.url), { recursive: true, force: true });

await build({
  ...both,
  entryPoints: ['src/cli/main.ts'],
  outfile: 'dist/cli/sluice.cjs',
  // CommonJS starts faster than modules do, and `import()` becomes a call of `require` when it is reached.
  format: 'cjs',
  supported: { 'dynamic-import': false },
  // What a module is asked for by its own place in: the bundle's.
  define: { 'import.meta.url': 'bundleUrl' },
  banner: { js: "'use strict';const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
  minify: true,
  // Native, or large and rarely wanted: found in node_modules when they are.
  external: ['better-sqlite3', 'yaml'],
});

await build({
  ...both,
  entryPoints: {
    sluiced: 'src/main.ts',
    'query-worker': 'src/workers/query-worker.ts',
    'line-protocol-worker': 'src/workers/line-protocol-worker.ts',
    'lines-worker': 'src/workers/lines-worker.ts',
  },
  outdir: 'dist/server',
  chunkNames: '[name]-[hash]',
  format: 'esm',
  splitting: true,
  // Native, or CommonJS that finds files of its own beside it.
  external: ['@duckdb/*', '@fastify/busboy', '@influxdata/*', '@node-rs/*', 'better-sqlite3', 'fastify', 'pino', 'prom-client', 'yaml'],
});
