/** Where templates come from: a request, or a URL, which is fetched through the gate for outgoing connections. */
import { DomainError, unprocessable } from '../../domain/errors.js';
import type { Actor } from '../../domain/actor.js';
import type { Outgoing } from '../../domain/outgoing.js';
import { refuseJsonnet } from '../../kinds/stacks.js';
import type { TemplateObject } from '../../templates/kinds.js';
import type { GivenTemplate } from '../../templates/requests.js';
import { OBJECTS_MAX, readObjects } from '../../templates/parse.js';
import type { QueryPool } from '../../workers/query-pool.js';
import type { Work } from '../../workers/messages.js';
import { userOf } from '../query-user.js';

/** Templates of one request together. */
export const TEMPLATES_MAX = 100;
const FETCHED_BYTES_MAX = 1024 * 1024;
const FETCH_MS = 10_000;
const WORK_MS = 10_000;

export interface SourceDependencies {
  readonly pool: QueryPool;
  readonly outgoing: Outgoing;
}

export interface ReadTemplates {
  readonly sources: readonly string[];
  readonly objects: readonly TemplateObject[];
}

export type TemplateSources = ReturnType<typeof createTemplateSources>;

export const createTemplateSources = ({ pool, outgoing }: SourceDependencies) => {
  /** Reads YAML or JSON in another thread: a short text can take long. */
  const parse = async (actor: Actor, kind: 'template' | 'yaml', text: string): Promise<unknown> =>
    JSON.parse(await run(actor, { kind, text })) as unknown;

  async function run(actor: Actor, work: Work): Promise<string> {
    const { bytes } = await pool.run({
      work,
      user: userOf(actor),
      reach: { kind: 'nothing' },
      expects: {},
      signal: new AbortController().signal,
      timeoutMs: WORK_MS,
      onLateError: () => undefined,
    });
    const pieces: Uint8Array[] = [];
    for await (const piece of bytes) pieces.push(piece);
    return Buffer.concat(pieces).toString('utf8');
  }

  async function fetchObjects(actor: Actor, url: string): Promise<TemplateObject[]> {
    refuseJsonnet(url, (shown) => `template from url[${JSON.stringify(shown)}] had an issue: invalid encoding provided`);
    try {
      const { status, body } = await outgoing.send({
        url: rawUrl(url),
        method: 'GET',
        timeoutMs: FETCH_MS,
        responseBytesMax: FETCHED_BYTES_MAX,
        followRedirects: true,
        user: userOf(actor),
      });
      // Nothing of the response is told: whoever asks may not read there themselves.
      if (status < 200 || status > 299) throw unprocessable(`the server answered ${status}`);
      return readObjects(await parse(actor, 'template', Buffer.from(body).toString('utf8')));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      throw new DomainError(
        error.code === 'forbidden' ? 'forbidden' : 'unprocessable entity',
        `template from url[${url}] had an issue: ${error.message}`,
        { cause: error },
      );
    }
  }

  return {
    /** The value of a request that came as YAML. @throws DomainError `invalid` */
    parseYaml: (actor: Actor, text: string): Promise<unknown> => parse(actor, 'yaml', text),

    formatYaml: (actor: Actor, objects: readonly object[]): Promise<string> => run(actor, { kind: 'template format', objects }),

    /** @throws DomainError `unprocessable entity`, and `forbidden` for a place that the server may not connect to */
    async read(actor: Actor, urls: readonly string[], templates: readonly GivenTemplate[]): Promise<ReadTemplates> {
      if (urls.length + templates.length > TEMPLATES_MAX) throw unprocessable(`at most ${TEMPLATES_MAX} templates can be applied at once`);
      const sources: string[] = [];
      const objects: TemplateObject[] = [];
      const add = (from: readonly string[], added: readonly TemplateObject[]): void => {
        if (added.length === 0) return;
        sources.push(...from);
        objects.push(...added);
        if (objects.length > OBJECTS_MAX) throw unprocessable(`at most ${OBJECTS_MAX} objects can be applied at once`);
      };
      for (const url of urls) add([url], await fetchObjects(actor, url));
      templates.forEach((template, index) => {
        add(template.sources.length === 0 ? ['byte stream'] : template.sources, readGiven(template, index));
      });
      return { sources, objects };
    },
  };
};

function readGiven({ sources, contents }: GivenTemplate, index: number): TemplateObject[] {
  for (const source of sources) {
    refuseJsonnet(source, (shown) => `template from url[${JSON.stringify(shown)}] had an issue: invalid encoding provided`);
  }
  try {
    return readObjects(contents);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw unprocessable(`template[${index}] from source(s) ${JSON.stringify(sources.join('; '))} had an issue: ${error.message}`);
  }
}

const PAGE_OF_FILE = /^\/([^/]+)\/([^/]+)\/(?:blob|raw|tree)\/(.+\.(?:ya?ml|json))$/;

/** GitHub's page of a file stands for the file (InfluxDB's rule). */
function rawUrl(url: string): string {
  if (!URL.canParse(url)) return url;
  const parsed = new URL(url);
  const [, owner, repository, path] = parsed.host === 'github.com' ? (PAGE_OF_FILE.exec(parsed.pathname) ?? []) : [];
  return owner === undefined || repository === undefined || path === undefined
    ? url
    : `https://raw.githubusercontent.com/${owner}/${repository}/${path}`;
}
