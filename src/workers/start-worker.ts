/** Starts the thread of `query-worker`: from its bundle, or, where the sources run as they are, from one that is made for this process. */
import { mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Worker, type ResourceLimits } from 'node:worker_threads';
import type { WorkerSettings } from './messages.js';

let bundle: Promise<URL> | undefined;

export async function startWorker(workerData: WorkerSettings, resourceLimits: ResourceLimits): Promise<Worker> {
  bundle ??= import.meta.url.endsWith('.ts') ? bundleSources() : Promise.resolve(new URL('./query-worker.js', import.meta.url));
  return new Worker(await bundle, { workerData, resourceLimits, name: 'query' });
}

interface Bundler {
  build(options: Readonly<Record<string, unknown>>): Promise<unknown>;
}

/** Loading two hundred files one by one would take a thread a second and more. */
async function bundleSources(): Promise<URL> {
  const bundler = createRequire(import.meta.url)('esbuild') as Bundler;
  // Inside node_modules, so that packages are found from there, and no tool looks at it.
  const folder = new URL('../../node_modules/.cache/sluice/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const file = new URL(`query-worker-${process.pid}.mjs`, folder);
  process.once('exit', () => {
    rmSync(file, { force: true });
  });
  await bundler.build({
    entryPoints: [fileURLToPath(new URL('./query-worker.ts', import.meta.url))],
    outfile: fileURLToPath(file),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  });
  return file;
}
