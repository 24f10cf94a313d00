/** A refusal of the server, worded as InfluxDB's command line words it: `404 Not Found: bucket "x" not found`. */

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** The server's own message; empty where it gave none. */
  readonly reason: string;
  /** InfluxDB's code, as `not found`; empty where it gave none. */
  readonly code: string;
  readonly hints: readonly string[];

  constructor(status: number, statusText: string, details: { reason: string; code: string; hints: readonly string[] }) {
    super(`${status} ${statusText}${details.reason === '' ? '' : `: ${details.reason}`}`);
    this.status = status;
    this.reason = details.reason;
    this.code = details.code;
    this.hints = details.hints;
  }

  /** The token, or its absence, was not accepted at all: not a right that is missing. */
  get isUnauthenticated(): boolean {
    return this.status === 401 && this.reason === 'unauthorized access';
  }
}

/** The refusal that an error is, or that it was caused by. */
export function findApiError(error: unknown): ApiError | undefined {
  for (let each = error; each instanceof Error; each = each.cause) if (each instanceof ApiError) return each;
  return undefined;
}
