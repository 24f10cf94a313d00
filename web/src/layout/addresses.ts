/** The addresses of all pages; InfluxDB's, where it has the page too. */
import type { KindType } from '../../../src/domain/kind.js';

export const addressesOf = (orgID: string) => {
  const home = `/orgs/${orgID}`;
  const tokens = `${home}/load-data/tokens`;
  return {
    tokens,
    token: (id: string) => `${tokens}/${id}`,
    generate: (kind: 'read-write' | 'all-access' | 'custom-api', cloneOf?: string, isNarrower = false) =>
      `${tokens}/generate/${kind}${cloneOf === undefined ? '' : `?clone=${cloneOf}${isNarrower ? '&narrower' : ''}`}`,
    tokensOf: (bucketID: string, action: 'read' | 'write') => `${tokens}?bucketID=${bucketID}&action=${action}&status=active`,
    tokensWith: (type: KindType, id: string, action: 'read' | 'write') =>
      `${tokens}?resourceType=${type}&resourceID=${id}&action=${action}&status=active`,
    buckets: `${home}/load-data/buckets`,
    firstData: `${home}/load-data/first-data`,
    firstDataOf: (bucket: string) => `${home}/load-data/first-data?bucket=${encodeURIComponent(bucket)}`,
    query: `${home}/data-explorer`,
    queryOf: (bucket: string) => `${home}/data-explorer?bucket=${encodeURIComponent(bucket)}`,
    dashboards: `${home}/dashboards`,
    dashboard: (id: string) => `${home}/dashboards/${id}`,
    telegrafs: `${home}/load-data/telegrafs`,
    telegraf: (id: string) => `${home}/load-data/telegrafs/${id}`,
    newTelegraf: `${home}/load-data/telegrafs/new`,
    variables: `${home}/settings/variables`,
    variable: (id: string) => `${home}/settings/variables/${id}`,
    newVariable: `${home}/settings/variables/new`,
    tasks: `${home}/tasks`,
    task: (id: string) => `${home}/tasks/${id}`,
    newTask: `${home}/tasks/new`,
    people: `${home}/members`,
    audit: `${home}/audit`,
    about: `${home}/about`,
  };
};

/** The same page in another organization; from the page of one thing, the list of such things. */
export function switchAddress(location: string, orgID: string): string {
  const [, page = 'load-data/tokens'] = /^\/orgs\/[^/]+\/((?:load-data|settings)\/\w+|[\w-]+)/.exec(location) ?? [];
  return `/orgs/${orgID}/${page}`;
}
