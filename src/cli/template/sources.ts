/** Where the commands read templates from: files, folders, URLs and standard input; YAML or JSON. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { isatty } from 'node:tty';
import { describeFileFault, messageOf } from '../failure.js';
import { text, texts, toggle } from '../flags.js';
import { readRest } from '../terminal.js';

export const sourceFlags = {
  file: texts('file or folder with templates; may be repeated', { short: 'f', value: 'path' }),
  'template-url': texts('URL of a template; may be repeated', { short: 'u', value: 'url' }),
  recurse: toggle('also the folders in a folder', { short: 'R' }),
  encoding: text('yml or json, whatever a file is called', { short: 'e' }),
};

interface SourceValues {
  readonly file: readonly string[];
  readonly 'template-url': readonly string[];
  readonly recurse: boolean;
  readonly encoding: string | undefined;
}

export interface ReadSource {
  readonly sources: readonly string[];
  readonly contents: readonly unknown[];
}

/** A place that was found, and is read later. */
interface Source {
  readonly name: string;
  readonly read: () => Promise<string>;
}

const EXTENSIONS: readonly string[] = ['.yml', '.yaml', '.json', '.jsonnet'];
const FETCHED_BYTES_MAX = 1024 * 1024;

/** @throws Error for a file that is not there */
export function findSources({ file, 'template-url': urls, recurse, encoding }: SourceValues): Source[] {
  if (/jsonnet/i.test(encoding ?? '')) throw jsonnetRefusal('the input');
  const found = file.flatMap((path) => (/^https?:/i.test(path) ? [fromUrl(path)] : findFiles(path, recurse)));
  const fetched = urls.map(fromUrl);
  const isFed = found.length + fetched.length === 0 && !isatty(0);
  return [...found, ...fetched, ...(isFed ? [{ name: 'byte stream', read: () => Promise.resolve(readRest()) }] : [])];
}

const jsonnetRefusal = (name: string): Error =>
  new Error(`${name} is Jsonnet, a program, which Sluice does not run: make JSON of it with jsonnet, and apply that`);

function findFiles(path: string, recurse: boolean): Source[] {
  try {
    if (!statSync(path).isDirectory()) return [fromFile(path)];
    return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
      const inside = join(path, entry.name);
      if (entry.isDirectory()) return recurse ? findFiles(inside, true) : [];
      return EXTENSIONS.includes(extname(entry.name).toLowerCase()) ? [fromFile(inside)] : [];
    });
  } catch (cause) {
    throw new Error(`failed to find inputs at path ${JSON.stringify(path)}: stat ${path}: ${describeFileFault(cause)}`, { cause });
  }
}

const fromFile = (path: string): Source => ({
  name: path,
  read: () => {
    try {
      return Promise.resolve(readFileSync(path, 'utf8'));
    } catch (cause) {
      return Promise.reject(new Error(describeFileFault(cause), { cause }));
    }
  },
});

const PAGE_OF_FILE = /^https:\/\/github\.com\/([^/]+\/[^/]+)\/(?:blob|raw|tree)\/(.+\.(?:ya?ml|json))$/;

/** GitHub's page of a file stands for the file. */
const fromUrl = (url: string): Source => ({
  name: url,
  async read() {
    const [, repository, path] = PAGE_OF_FILE.exec(url) ?? [];
    const response = await fetch(repository === undefined ? url : `https://raw.githubusercontent.com/${repository}/${path}`);
    if (!response.ok) throw new Error(`bad response: address=${url} status_code=${response.status}`);
    const bytes = await response.arrayBuffer();
    if (bytes.byteLength > FETCHED_BYTES_MAX) throw new Error(`it is larger than ${FETCHED_BYTES_MAX} bytes`);
    return Buffer.from(bytes).toString('utf8');
  },
});

/** @throws Error that names the source */
export async function readSources(sources: readonly Source[]): Promise<ReadSource[]> {
  const { parseTemplateText } = await import('../../wire/template-text.js');
  const read: ReadSource[] = [];
  for (const { name, read: open } of sources) {
    if (/\.jsonnet$/i.test(name)) throw jsonnetRefusal(JSON.stringify(name));
    try {
      read.push({ sources: [/^[a-z]+:|^byte stream$/i.test(name) ? name : `file://${name}`], contents: parseTemplateText(await open()) });
    } catch (cause) {
      throw new Error(`failed to read template(s) from ${JSON.stringify(name)}: ${messageOf(cause)}`, { cause });
    }
  }
  return read.filter(({ contents }) => contents.length > 0);
}
