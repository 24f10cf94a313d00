/** Scrapers fetch through the gate, with the rights of the user who set them up. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startReceiver, type Receiver } from '../support/receiver.js';
import { startTestServer, type SetUp, type TestServer } from '../support/server.js';

let target: Receiver;
let server: TestServer;
let setUp: SetUp;
let status = 200;

beforeAll(async () => {
  target = await startReceiver((response) => response.writeHead(status).end('# TYPE up gauge\nup{job="a"} 1\n'));
  server = await startTestServer({ flags: ['--outgoing-allow', 'localhost'] });
  setUp = await server.client.setUp();
});
afterAll(async () => {
  await server.stop();
  await target.close();
});

const scrape = () => server.services.scraping.scrapeAll(new AbortController().signal);

async function makeScraper(as: { token: string }, name: string, url = `${target.url}/metrics`, type = 'prometheus'): Promise<string> {
  const json = { orgID: setUp.orgId, bucketID: setUp.bucketId, name, url, type };
  const { status: made, json: shown } = await server.client.post('/api/v2/scrapers', { as, json });
  expect(made).toBe(201);
  return shown.id;
}

async function countOfPoints(): Promise<number> {
  const body = 'from(bucket: "data") |> range(start: 0) |> filter(fn: (r) => r._measurement == "up" and r.job == "a")';
  const { text } = await server.client.post('/api/v2/query?org=acme', {
    as: setUp.operator,
    body,
    headers: { 'content-type': 'application/vnd.flux' },
  });
  return text.match(/,1,gauge,up,a/g)?.length ?? 0;
}

it('writes what a target answers into the bucket, once each time', async () => {
  const id = await makeScraper(setUp.operator, 'one');
  await scrape();
  expect(await countOfPoints()).toBe(1);
  await scrape();
  expect(await countOfPoints()).toBe(2);
  expect(target.received).toHaveLength(2);
  expect(target.received[0]).toMatchObject({ method: 'GET', path: '/metrics' });
  await server.client.delete(`/api/v2/scrapers/${id}`, { as: setUp.operator });
  await scrape();
  expect(target.received).toHaveLength(2);
});

it('fetches nothing once the user who set it up may not write to the bucket, or is inactive', async () => {
  const before = await countOfPoints();
  const userId = await server.client.createUser(setUp.operator, 'ann', 'anns-passw0rd');
  const members = `/api/v2/orgs/${setUp.orgId}/owners`;
  await server.client.post(members, { as: setUp.operator, json: { id: userId } });
  const everything = ['scrapers', 'buckets'].flatMap((type) =>
    ['read', 'write'].map((action) => ({ action, resource: { type, orgID: setUp.orgId } })),
  );
  const token = await server.client.createToken(setUp.operator, setUp.orgId, everything, { userID: userId });
  await makeScraper(token, 'anns');
  await scrape();
  expect(await countOfPoints()).toBe(before + 1);
  await server.client.delete(`${members}/${userId}`, { as: setUp.operator });
  await server.client.delete(`/api/v2/authorizations/${token.id}`, { as: setUp.operator });
  target.received.length = 0;
  await scrape();
  expect(target.received).toEqual([]);
  expect(await countOfPoints()).toBe(before + 1);
  expect(server.log()).toContain('may not write to its bucket');
});

it('writes nothing of another answer, of another type, or of what the gate refuses, and goes on with the others', async () => {
  const before = await countOfPoints();
  await makeScraper(setUp.operator, 'refused', 'http://192.0.2.1/metrics?token=hidden');
  await makeScraper(setUp.operator, 'of another type', `${target.url}/metrics`, 'weather');
  await makeScraper(setUp.operator, 'works');
  status = 500;
  await scrape();
  expect(await countOfPoints()).toBe(before);
  status = 200;
  await scrape();
  expect(await countOfPoints()).toBe(before + 1);
  expect(server.log()).toContain('"place":"192.0.2.1:80"');
  expect(server.log()).not.toContain('hidden');
});
