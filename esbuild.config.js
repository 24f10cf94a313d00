/**
 * Bundles the command line into one file: a command of a few milliseconds must not look for a hundred files first. Its commands are in it
 * as they are in the source, each evaluated when it is wanted. `node esbuild.config.js` is a step of `npm run build`.
 */
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

/** The version is read from package.json where that lies beside; the bundle has it in itself. */
const versionPlugin = {
  name: 'version',
  setup(builder) {
    builder.onLoad({ filter: /[/\\]src[/\\]version\.ts$/ }, () => ({ contents: `export const VERSION = ${JSON.stringify(version)};` }));
  },
};

await build({
  entryPoints: ['src/cli/main.ts'],
  outfile: 'dist/cli/sluice.cjs',
  bundle: true,
  platform: 'node',
  target: 'node20',
  // CommonJS starts faster than modules do, and `import()` becomes a call of `require` when it is reached.
  format: 'cjs',
  supported: { 'dynamic-import': false },
  minify: true,
  keepNames: false,
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'none',
  // Native, or large and rarely wanted: found in node_modules when they are.
  external: ['better-sqlite3', 'yaml'],
  plugins: [versionPlugin],
  logLevel: 'warning',
});
