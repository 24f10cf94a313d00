/**
});

async function addPoints(server: ServerProcess, token: string, count: number): Promise<void> {
  const body = Array.from({ length: count }, (_, i) => `m,of=${token.slice(0, 4)} v=${i} ${process.hrtime.bigint()}`).join('\n');
  const { status } = await server.client.post('/api/v2/write?org=acme&bucket=data', { as: { token }, body });
  expect(status).toBe(204);
}
