/** Organizations as InfluxDB's API shows them. */
import type { Organization } from '../domain/organization.js';
import { formatLifetime, parseLifetime } from '../domain/token-lifetime.js';
import { decodeJsonObject } from './json.js';
import { formatTime } from './time.js';

export const organizationPath = (id: string): string => `/api/v2/orgs/${id}`;

/** The names in the links are not escaped: so InfluxDB writes them, and clients compare. */
export function encodeOrganization(organization: Organization) {
  const { id, name } = organization;
  const self = organizationPath(id);
  return {
    links: {
      buckets: `/api/v2/buckets?org=${name}`,
      dashboards: `/api/v2/dashboards?org=${name}`,
      labels: `${self}/labels`,
      logs: `${self}/logs`,
      members: `${self}/members`,
      owners: `${self}/owners`,
      secrets: `${self}/secrets`,
      self,
      tasks: `/api/v2/tasks?org=${name}`,
    },
    id,
    name,
    description: organization.description,
    ...lifetimeMaxOf(organization),
    createdAt: formatTime(organization.createdAtMs),
    updatedAt: formatTime(organization.updatedAtMs),
  };
}

export const encodeOrganizations = (organizations: readonly Organization[]) => ({
  links: { self: '/api/v2/orgs' },
  orgs: organizations.map(encodeOrganization),
});

export function decodeNewOrganization(body: Uint8Array): { name: string; description: string } {
  const json = decodeJsonObject(body);
  return { name: json.string('name') ?? '', description: json.string('description') ?? '' };
}

/** InfluxDB has no such member: it is shown only where one is set. */
const lifetimeMaxOf = ({ tokenLifetimeMaxMs }: Organization): { tokenLifetimeMax?: string } =>
  tokenLifetimeMaxMs === undefined ? {} : { tokenLifetimeMax: formatLifetime(tokenLifetimeMaxMs) };

export interface OrganizationChangeBody {
  readonly name: string | undefined;
  readonly description: string | undefined;
  /** Null removes it. */
  readonly tokenLifetimeMaxMs: number | null | undefined;
}

/** @throws DomainError `invalid` */
export function decodeOrganizationChange(body: Uint8Array): OrganizationChangeBody {
  const json = decodeJsonObject(body);
  const text = json.string('tokenLifetimeMax');
  return {
    name: json.string('name'),
    description: json.string('description'),
    tokenLifetimeMaxMs: text === undefined ? (json.isNull('tokenLifetimeMax') ? null : undefined) : parseLifetime(text, 'tokenLifetimeMax'),
  };
}
