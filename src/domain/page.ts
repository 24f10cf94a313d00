/** Which part of a list. */

export interface Page {
  /** Rows at the most; undefined: all of them. */
  readonly limit?: number | undefined;
  readonly offset: number;
  readonly descending: boolean;
  /** Start behind the resource with this id. */
  readonly after?: string | undefined;
}

export const WHOLE_LIST: Page = { offset: 0, descending: false };
