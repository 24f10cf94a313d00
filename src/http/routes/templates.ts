/** /api/v2/templates and /api/v2/stacks. */
import { randomUUID } from 'node:crypto';
import { Secret } from '../../auth/secret.js';
import { DomainError, invalid } from '../../domain/errors.js';
import type { Actor } from '../../domain/actor.js';
import {
  decodeNewStack,
  decodeStackChange,
  decodeStackId,
  decodeStackOrganization,
  decodeStackQuery,
  encodeStack,
  STACKS_PATH,
} from '../../kinds/stacks.js';
import type { Exports } from '../../services/templates/export.js';
import type { TemplateSources } from '../../services/templates/sources.js';
import type { Stacks } from '../../services/templates/stacks.js';
import type { Templates } from '../../services/templates/templates.js';
import { requestBody } from '../../templates/resource.js';
import { decodeApply, decodeExport } from '../../templates/requests.js';
import { isObject } from '../../templates/spec.js';
import { decodeJsonObject, withWords, type JsonObject } from '../../wire/json.js';
import { empty, json, JSON_TYPE, type ActorRoute, type Answer, type RouteRequest } from '../route.js';

export interface TemplateServices {
  readonly templates: Templates;
  readonly templateSources: TemplateSources;
  readonly templateExports: Exports;
  readonly stacks: Stacks;
}

const YAML_TYPES: readonly string[] = ['application/x-yaml', 'text/yml', 'application/yaml', 'text/yaml'];
const isYaml = (type: string | undefined): boolean => YAML_TYPES.includes((type ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '');
const UNDECODABLE = 'unable to unmarshal json: ';

export function templateRoutes({ templates, templateSources, templateExports, stacks }: TemplateServices): ActorRoute[] {
  const shared = { access: 'actor', otherMethods: 'empty' } as const;

  async function readBody(actor: Actor, { body, contentType }: RouteRequest): Promise<JsonObject> {
    if (/jsonnet/i.test(contentType ?? '')) {
      throw new DomainError('unprocessable entity', 'Jsonnet is a program, and is not run here: apply the JSON that it makes');
    }
    if (!isYaml(contentType)) return withWords(UNDECODABLE, () => decodeJsonObject(body));
    const value = await templateSources.parseYaml(actor, Buffer.from(body).toString('utf8'));
    if (!isObject(value)) throw invalid('unable to unmarshal yaml: the body must be an object');
    return requestBody(value);
  }

  return [
    {
      ...shared,
      method: 'POST',
      path: '/api/v2/templates/apply',
      needs: { perResource: true },
      async handle(actor, request) {
        const { isDryRun, secrets, ...asked } = await readBody(actor, request).then(decodeApply);
        const wrapped = new Map(secrets.map(([key, value]) => [key, new Secret(value)]));
        const impact = await (isDryRun
          ? templates.dryRun(actor, { ...asked, secrets: wrapped })
          : templates.apply(actor, { ...asked, secrets: wrapped }));
        if (impact.errors === undefined) return largeNumbers(isDryRun ? 200 : 201, impact);
        const refusal = { code: 'unprocessable entity', message: 'unprocessable entity' };
        return largeNumbers(422, { ...impact, ...refusal });
      },
    },
    {
      ...shared,
      method: 'POST',
      path: '/api/v2/templates/export',
      needs: { perResource: true },
      async handle(actor, request) {
        const objects = await templateExports.export(actor, decodeExport(await readBody(actor, request)));
        if (!isYaml(request.headers.accept)) return json(200, objects);
        return { status: 200, contentType: 'application/x-yaml', body: await templateSources.formatYaml(actor, objects) };
      },
    },
    {
      ...shared,
      method: 'GET',
      path: STACKS_PATH,
      needs: { read: 'orgs' },
      async handle(actor, { query }) {
        return json(200, { stacks: (await stacks.list(actor, decodeStackQuery(query))).map(encodeStack) });
      },
    },
    {
      ...shared,
      method: 'POST',
      path: STACKS_PATH,
      needs: { write: 'orgs' },
      async handle(actor, { body }) {
        return json(201, encodeStack(await stacks.create(actor, await decodeNewStack(body))));
      },
    },
    {
      ...shared,
      method: 'GET',
      path: `${STACKS_PATH}/:id`,
      needs: { read: 'orgs' },
      async handle(actor, { params }) {
        return json(200, encodeStack(await stacks.find(actor, decodeStackId(params.id ?? ''))));
      },
    },
    {
      ...shared,
      method: 'PATCH',
      path: `${STACKS_PATH}/:id`,
      needs: { write: 'orgs' },
      async handle(actor, { params, body }) {
        const change = await decodeStackChange(body);
        return json(200, encodeStack(await stacks.update(actor, decodeStackId(params.id ?? ''), change)));
      },
    },
    {
      ...shared,
      method: 'DELETE',
      path: `${STACKS_PATH}/:id`,
      needs: { write: 'orgs', perResource: true },
      async handle(actor, { params, query }) {
        await stacks.remove(actor, decodeStackOrganization(query), decodeStackId(params.id ?? ''));
        return empty(204);
      },
    },
    {
      ...shared,
      method: 'POST',
      path: `${STACKS_PATH}/:id/uninstall`,
      needs: { write: 'orgs', perResource: true },
      async handle(actor, { params, query }) {
        return json(200, encodeStack(await stacks.uninstall(actor, decodeStackOrganization(query), decodeStackId(params.id ?? ''))));
      },
    },
  ];
}

/** Ids stand in summaries as numbers that JSON.stringify cannot write. A text can't be taken for one: the mark is new each time. */
function largeNumbers(status: number, value: unknown): Answer {
  const mark = randomUUID();
  const text = JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? mark + each.toString() : each));
  return { status, contentType: JSON_TYPE, body: text.replace(new RegExp(`"${mark}(\\d+)"`, 'g'), '$1') };
}
