/** Asks a server what templates would do, and reads the pairs and filters of the command line. */
import { applyTemplates, TemplateRefusedError, type ApplyBody, type ImpactJson } from '../../client/templates.js';
import { attempt, messageOf } from '../failure.js';
import { findOrganizationId, type OrganizationValues, type Session } from '../session.js';
import { readSources, type findSources } from './sources.js';

/** The request that would apply nothing but what the sources have. */
export async function dryRunOf(session: Session, values: OrganizationValues, sources: ReturnType<typeof findSources>): Promise<ApplyBody> {
  const orgID = await findOrganizationId(session, values);
  return { dryRun: true, orgID, templates: await readSources(sources), envRefs: {}, secrets: {}, actions: [] };
}

/** @throws Error with everything that is wrong with the templates */
export async function ask(session: Session, body: ApplyBody, what: string): Promise<ImpactJson> {
  try {
    return await applyTemplates(session.send, body);
  } catch (error) {
    if (error instanceof TemplateRefusedError) throw new Error(`template failed validation:\n\t${error.message}`, { cause: error });
    return attempt(what, Promise.reject(error instanceof Error ? error : new Error(messageOf(error))));
  }
}

/** `KEY=VALUE`; the value may have more of the sign. */
export function readPairs(texts: readonly string[], flag: string): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      // A secret is not shown.
      if (at < 1) throw new Error(`--${flag} must have the form KEY=VALUE`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

/** `kind=Bucket`, or `resource=Dashboard:its-name`: what is left as it is. */
export const readSkips = (filters: readonly string[]): object[] =>
  filters.map((filter) => {
    const [key = '', value = '', ...more] = filter.split('=');
    if (value === '' || more.length > 0) {
      throw new Error(`filter ${JSON.stringify(filter)} has invalid format, expected \`resource=KIND:NAME\` or \`kind=KIND\``);
    }
    if (key.toLowerCase() === 'kind') return { action: 'skipKind', properties: { kind: value } };
    if (key.toLowerCase() !== 'resource') {
      throw new Error(`invalid filter type ${JSON.stringify(key)}, supported values are \`resource\` and \`kind\``);
    }
    const [kind = '', name = '', ...rest] = value.split(':');
    if (name === '' || rest.length > 0) {
      throw new Error(`resource filter ${JSON.stringify(value)} has invalid format, expected \`resource=KIND:NAME\``);
    }
    return { action: 'skipResource', properties: { kind, resourceTemplateName: name } };
  });
