/** Questions whether a token may do something; Sluice's own. */
import type { AuthorizationJson } from './authorizations.js';
import { callJson } from './call.js';
import type { Send } from './request.js';

type Permission = AuthorizationJson['permissions'][number];

export interface CheckJson {
  readonly action: 'read' | 'write';
  readonly resource: {
    readonly type: string;
    readonly id?: string | undefined;
    readonly name?: string | undefined;
    readonly orgID?: string | undefined;
    /** A name. */
    readonly org?: string | undefined;
  };
}

export interface ExplanationJson extends CheckJson {
  readonly allowed: boolean;
  /** A permission, or in a word why not. */
  readonly decidedBy: Permission | string;
  readonly nearest?: { readonly permission: Permission; readonly lacks: readonly string[] };
  readonly grantableBy: readonly { readonly id: string; readonly name: string }[];
}

/** Without a subject: about the token that asks. */
export interface ChecksJson {
  readonly authorizationID?: string | undefined;
  readonly checks: readonly CheckJson[];
}

export const checkPermissions = (send: Send, question: ChecksJson) =>
  callJson<{ readonly checks: readonly ExplanationJson[] }>(send, { method: 'POST', path: '/api/v2/authorizations/check' }, question);
