/** What the server says of itself. */
import { callJson, readText } from './call.js';
import type { Send } from './request.js';

export interface Health {
  readonly name: string;
  readonly status: 'pass' | 'fail';
  readonly message?: string | undefined;
  readonly version?: string | undefined;
}

/** @throws Error with what the server says is wrong with it */
export async function checkHealth(send: Send): Promise<Health> {
  const response = await send({ method: 'GET', path: '/health' });
  const text = await readText(response.body);
  const health = parseHealth(text);
  if (response.status < 300 && health?.status === 'pass') return health;
  const reason = health?.message ?? `its health is answered with ${response.status} ${response.statusText}`;
  throw new Error(`health check failed: ${reason}`);
}

function parseHealth(text: string): Health | undefined {
  try {
    return JSON.parse(text) as Health;
  } catch {
    return undefined;
  }
}

/** The names of all types of resources, in the order in which permissions list them. */
export const listResourceTypes = (send: Send) => callJson<string[]>(send, { method: 'GET', path: '/api/v2/resources' });

/** The configuration in force, which only operators get. */
export async function readConfiguration(send: Send): Promise<Record<string, unknown>> {
  return (await callJson<{ config: Record<string, unknown> }>(send, { method: 'GET', path: '/api/v2/config' })).config;
}
