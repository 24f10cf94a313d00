/** A call that is being evaluated. */
import type { SourceLocation } from '../syntax/ast.js';

/** Where in the script the call is, and what it calls. */
export interface CallSite {
  readonly functionName: string;
  readonly location: SourceLocation | undefined;
}
