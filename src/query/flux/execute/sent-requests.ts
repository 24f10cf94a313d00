/**
 * The HTTP requests that a script has sent. A script, and a step over rows, can be run anew (see `questions.ts`), and a stream that two results
 * share can be read twice: what was sent once is not sent again, and has the same response.
 */
import { createHash } from 'node:crypto';
import { DomainError } from '../../../domain/errors.js';
import { fluxError } from '../language/errors.js';
import type { ScriptRequest, ScriptResponse } from '../environment.js';
import type { MemoryAccount } from './memory.js';

/** Requests of one script. */
export const REQUESTS_MAX = 1000;

interface Sent {
  readonly request: string;
  readonly response: ScriptResponse | DomainError;
}

/** One reading of a step's input, or one run of the script: its requests come in the same order each time. */
class Pass {
  private readonly sent: Sent[];
  private count = 0;

  constructor(sent: Sent[]) {
    this.sent = sent;
  }

  /** What the next request has got before, if it is the same; otherwise it is sent. */
  next(request: string, send: () => Sent): Sent {
    const place = this.count++;
    const known = this.sent[place];
    if (known?.request === request) return known;
    const sent = send();
    this.sent[place] = sent;
    return sent;
  }
}

export class SentRequests {
  private readonly memory: MemoryAccount;
  private readonly sendNow: (request: ScriptRequest) => ScriptResponse;
  private readonly byScript: Sent[] = [];
  private readonly byNode = new WeakMap<object, Sent[]>();
  private current = new Pass(this.byScript);
  private count = 0;

  constructor(memory: MemoryAccount, send: (request: ScriptRequest) => ScriptResponse) {
    this.memory = memory;
    this.sendNow = send;
  }

  /** The script begins from its start. */
  beginScript(): void {
    this.current = new Pass(this.byScript);
  }

  /** A step begins to read its input. @returns runs what belongs to that reading */
  beginStep(node: object): <T>(use: () => T) => T {
    let sent = this.byNode.get(node);
    if (sent === undefined) {
      sent = [];
      this.byNode.set(node, sent);
    }
    const pass = new Pass(sent);
    return (use) => {
      const outer = this.current;
      this.current = pass;
      try {
        return use();
      } finally {
        this.current = outer;
      }
    };
  }

  /** @throws DomainError for a request without a response; the script can catch it */
  send(request: ScriptRequest): ScriptResponse {
    const { response } = this.current.next(fingerprintOf(request), () => ({
      request: fingerprintOf(request),
      response: this.answerOf(request),
    }));
    if (response instanceof DomainError) throw response;
    return response;
  }

  private answerOf(request: ScriptRequest): ScriptResponse | DomainError {
    if (++this.count > REQUESTS_MAX) return fluxError(`the script has sent ${REQUESTS_MAX} HTTP requests, and may send no more`);
    try {
      const response = this.sendNow(request);
      this.memory.hold(response.body.byteLength);
      return response;
    } catch (error) {
      if (error instanceof DomainError) return error;
      throw error;
    }
  }
}

function fingerprintOf({ method, url, headers, body, timeoutMs, allowInsecureTls }: ScriptRequest): string {
  const hash = createHash('sha256').update(JSON.stringify([method, url, headers, timeoutMs, allowInsecureTls]));
  return hash.update(body ?? '').digest('base64');
}
