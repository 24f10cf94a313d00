/** Starts a thread of a script beside this file: the one of the bundle, or, where the sources run as they are, the source. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/** @param name `line-protocol-worker`; the thread alone keeps no process alive */
export function startScript(name: string, options: WorkerOptions): Worker {
  const worker = import.meta.url.endsWith('.ts')
    ? startFromSources(name, options)
    : new Worker(new URL(`./${name}.js`, import.meta.url), options);
  worker.unref();
  return worker;
}

/** In tests and development, the thread needs the loader that lets sources run. */
function startFromSources(name: string, options: WorkerOptions): Worker {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json'));
  const loader = new URL('./dist/esm/api/index.mjs', tsx).href;
  const script = new URL(`./${name}.ts`, import.meta.url).href;
  const start = `import('${loader}').then(({ register }) => { register(); return import('${script}'); })`;
  return new Worker(start, { ...options, eval: true });
}
