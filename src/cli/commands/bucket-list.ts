/** `bucket list`. */
import { listBuckets, type BucketFilter, type BucketJson } from '../../client/buckets.js';
import type { Send } from '../../client/request.js';
import { printBuckets } from '../bucket-output.js';
import { defineCommand } from '../command.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';
import { attempt } from '../failure.js';
import { integer, text } from '../flags.js';
import { checkOrganization, openSession, organizationOf } from '../session.js';

const PAGE_SIZE_DEFAULT = 20;

export const command = defineCommand({
  examples: ['sluice bucket list', 'sluice bucket list --name data --json'],
  flags: {
    name: text('only the bucket with this name', { short: 'n', value: 'name' }),
    id: text('only the bucket with this id', { short: 'i', value: 'id' }),
    limit: integer('at most so many; 0 for all', 0),
    offset: integer('leave so many out at the beginning', 0),
    'page-size': integer('ask the server for so many at a time (default 20)', PAGE_SIZE_DEFAULT),
    ...organizationFlags,
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    checkOrganization(values);
    const session = await openSession(invocation);
    const organization = organizationOf(session, values);
    const { id, name } = values;
    if (id !== undefined || name !== undefined) {
      const filter = { ...organization, ...(id === undefined ? { name } : { id }) };
      const what = `failed to find bucket by ${id === undefined ? 'name' : 'ID'}`;
      printBuckets(values, await attempt(what, listBuckets(session.send, filter)));
      return;
    }
    const pages = { limit: values.limit, offset: values.offset, pageSize: values['page-size'] };
    printBuckets(values, await attempt('failed to list buckets', listPages(session.send, organization, pages)));
  },
});

/** Page by page, until there are enough or no more. */
async function listPages(
  send: Send,
  filter: BucketFilter,
  { limit, offset, pageSize }: { limit: number; offset: number; pageSize: number },
): Promise<BucketJson[]> {
  const size = pageSize > 0 ? pageSize : PAGE_SIZE_DEFAULT;
  const wanted = limit > 0 ? limit : Number.POSITIVE_INFINITY;
  const all: BucketJson[] = [];
  while (all.length < wanted) {
    const rows = Math.min(size, wanted - all.length);
    const page = await listBuckets(send, { ...filter, limit: rows, offset: offset + all.length || undefined });
    all.push(...page);
    if (page.length < rows) break;
  }
  return all;
}
