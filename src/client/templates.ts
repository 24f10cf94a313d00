/** Templates and stacks. Ids in summaries are numbers that JavaScript cannot hold: here they are texts of decimal digits. */
import { call, callEmpty, callJson, readText } from './call.js';
import type { ClientRequest, Send } from './request.js';

export interface ApplyBody {
  readonly dryRun: boolean;
  readonly orgID: string;
  readonly stackID?: string | undefined;
  readonly templates: readonly { readonly sources: readonly string[]; readonly contents: readonly unknown[] }[];
  readonly envRefs: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly actions: readonly object[];
}

export type Members = Readonly<Record<string, unknown>>;

export interface ImpactJson {
  readonly stackID: string;
  readonly summary: Readonly<Record<string, readonly Members[]>> & {
    readonly missingEnvRefs: readonly string[];
    readonly missingSecrets: readonly string[];
  };
  readonly diff: Readonly<Record<string, readonly Members[]>>;
}

export interface ObjectJson {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Members;
  readonly spec: Members;
}

export interface StackEventJson {
  readonly eventType: string;
  readonly name: string;
  readonly description: string;
  readonly resources: readonly unknown[];
  readonly sources: readonly string[];
  readonly urls: readonly string[];
  readonly updatedAt: string;
}

export interface StackJson {
  readonly id: string;
  readonly orgID: string;
  readonly createdAt: string;
  readonly events: readonly StackEventJson[];
}

/** A template that is refused, with all that is wrong in it. */
export class TemplateRefusedError extends Error {
  override readonly name = 'TemplateRefusedError';
}

const STACKS = '/api/v2/stacks';
const stackPath = (id: string): string => `${STACKS}/${encodeURIComponent(id)}`;

/** @throws TemplateRefusedError, or ApiError */
export async function applyTemplates(send: Send, body: ApplyBody): Promise<ImpactJson> {
  let faults: readonly string[] = [];
  const peeking: Send = async (request) => {
    const response = await send(request);
    if (response.status !== 422) return response;
    const text = await readText(response.body);
    faults = readFaults(text);
    return { ...response, body: pieces(text) };
  };
  const request: ClientRequest = {
    method: 'POST',
    path: '/api/v2/templates/apply',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  try {
    const text = await readText((await call(peeking, request)).body);
    return JSON.parse(text.replace(LARGE_NUMBER, '$1"$2"')) as ImpactJson;
  } catch (error) {
    throw faults.length === 0 ? error : new TemplateRefusedError(faults.join('\n\t'), { cause: error });
  }
}

/** Quotes within texts are escaped, so that no text looks like a member. */
const LARGE_NUMBER = /("(?:id|orgID|resourceID|labelID|endpointID)":\s*)(\d+)(?=[,}\s])/g;

async function* pieces(text: string): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield Buffer.from(text);
}

interface FaultJson {
  readonly kind: string;
  readonly fields: readonly string[];
  readonly idxs: readonly (number | null)[];
  readonly reason: string;
}

function readFaults(text: string): string[] {
  try {
    const { errors = [] } = JSON.parse(text) as { errors?: readonly FaultJson[] };
    return errors.map(({ kind, fields, idxs, reason }) => {
      const path = fields.map((field, at) => (typeof idxs[at] === 'number' ? `${field}[${idxs[at]}]` : field));
      return `kind=${kind} field=${path.join('.')} reason=${JSON.stringify(reason)}`;
    });
  } catch {
    return [];
  }
}

export const exportTemplate = (send: Send, body: object): Promise<ObjectJson[]> =>
  callJson<ObjectJson[]>(send, { method: 'POST', path: '/api/v2/templates/export' }, body);

export async function listStacks(
  send: Send,
  filter: { readonly orgID: string; readonly stackID: readonly string[]; readonly name: readonly string[] },
): Promise<readonly StackJson[]> {
  return (await callJson<{ stacks: StackJson[] }>(send, { method: 'GET', path: STACKS, query: filter })).stacks;
}

export const createStack = (send: Send, body: object): Promise<StackJson> =>
  callJson<StackJson>(send, { method: 'POST', path: STACKS }, body);
export const updateStack = (send: Send, id: string, body: object): Promise<StackJson> =>
  callJson<StackJson>(send, { method: 'PATCH', path: stackPath(id) }, body);
export const removeStack = (send: Send, id: string, orgID: string): Promise<void> =>
  callEmpty(send, { method: 'DELETE', path: stackPath(id), query: { orgID } });
