/** Headers of a request -> the actor, or the reason for a refusal: with the credentials that its route accepts. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Authenticator, Verdict } from '../auth/authenticate.js';
import type { V1Authenticator } from '../auth/v1.js';
import { judgeAddress } from '../auth/judge-address.js';
import { readCredentials, readV1Credentials } from './credentials.js';
import type { Access } from './guarded-paths.js';
import { queryOf } from './paths.js';

/** The parts of a request that say who sent it. */
export interface Visitor {
  readonly headers: IncomingHttpHeaders;
  readonly url: string;
  readonly ip: string;
}

export class RequestAuthenticator {
  readonly #authenticator: Authenticator;
  readonly #v1Authenticator: V1Authenticator;

  constructor(authenticator: Authenticator, v1Authenticator: V1Authenticator) {
    this.#authenticator = authenticator;
    this.#v1Authenticator = v1Authenticator;
  }

  /** As of now, and for as long as `isCurrent` says of the generation before it. */
  judge(access: Exclude<Access, 'open'>, visitor: Visitor): Verdict | Promise<Verdict> {
    const verdict = this.#judgeCredentials(access, visitor);
    return verdict instanceof Promise ? verdict.then((known) => judgeAddress(known, visitor.ip)) : judgeAddress(verdict, visitor.ip);
  }

  #judgeCredentials(access: Exclude<Access, 'open'>, { headers, url, ip }: Visitor): Verdict | Promise<Verdict> {
    if (access === 'v1') return this.#v1Authenticator.authenticate(readV1Credentials(headers, queryOf(url)), ip);
    const credentials = readCredentials(headers);
    switch (credentials.kind) {
      case 'none':
        return { refusal: 'no credentials' };
      case 'token':
        return this.#authenticator.authenticateToken(credentials.secret);
      case 'session':
        return this.#authenticator.authenticateSession(credentials.key);
    }
  }

  get generation(): number {
    return this.#authenticator.generation;
  }

  isCurrent(generation: number, validUntilMs: number | undefined): boolean {
    return this.#authenticator.isCurrent(generation, validUntilMs);
  }
}
