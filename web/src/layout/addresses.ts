/** The addresses of all pages; InfluxDB's, where it has the page too. */

export const addressesOf = (orgID: string) => {
  const home = `/orgs/${orgID}`;
  const tokens = `${home}/load-data/tokens`;
  return {
    tokens,
    token: (id: string) => `${tokens}/${id}`,
    generate: (kind: 'read-write' | 'all-access' | 'custom-api', cloneOf?: string) =>
      `${tokens}/generate/${kind}${cloneOf === undefined ? '' : `?clone=${cloneOf}`}`,
    tokensOf: (bucketID: string, action: 'read' | 'write') => `${tokens}?bucketID=${bucketID}&action=${action}&status=active`,
    buckets: `${home}/load-data/buckets`,
    firstData: `${home}/load-data/first-data`,
    firstDataOf: (bucket: string) => `${home}/load-data/first-data?bucket=${encodeURIComponent(bucket)}`,
    query: `${home}/data-explorer`,
    queryOf: (bucket: string) => `${home}/data-explorer?bucket=${encodeURIComponent(bucket)}`,
    people: `${home}/members`,
    about: `${home}/about`,
  };
};

/** The same page in another organization; from the page of one thing, the list of such things. */
export function switchAddress(location: string, orgID: string): string {
  const [, page = 'load-data/tokens'] = /^\/orgs\/[^/]+\/(load-data\/\w+|[\w-]+)/.exec(location) ?? [];
  return `/orgs/${orgID}/${page}`;
}
