/** What was met while reading, and left out or changed: it is told, and reading goes on. */

/** Contains no secret. */
export interface Problem {
  /** `user`, `authorization`, `bucket`, `series` ... */
  readonly kind: string;
  /** What it is found by in its file: an id, most often. */
  readonly key: string;
  readonly reason: string;
}

export type ReportProblem = (problem: Problem) => void;
