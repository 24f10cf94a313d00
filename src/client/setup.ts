/** Setup of a new server. */
import { callJson } from './call.js';
import type { Send } from './request.js';

const PATH = '/api/v2/setup';

export interface SetupRequest {
  readonly username: string;
  readonly password?: string | undefined;
  readonly org: string;
  readonly bucket: string;
  readonly token?: string | undefined;
  readonly retentionPeriodSeconds: number;
}

export interface SetupAnswer {
  readonly user: { readonly name: string };
  readonly org: { readonly name: string };
  readonly bucket: { readonly name: string };
  readonly auth: { readonly token: string };
}

export async function isSetupAllowed(send: Send): Promise<boolean> {
  return (await callJson<{ allowed?: boolean }>(send, { method: 'GET', path: PATH })).allowed === true;
}

export const setUp = (send: Send, request: SetupRequest) => callJson<SetupAnswer>(send, { method: 'POST', path: PATH }, request);
