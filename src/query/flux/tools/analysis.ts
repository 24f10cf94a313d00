/** What `/api/v2/query/analyze` says of a script: faults of syntax; names and types are not looked at. */
import { findSyntaxErrors } from '../syntax/script.js';

export interface ScriptAnalysis {
  readonly errors: readonly {
    readonly line: number;
    readonly column: number;
    /** InfluxDB always has 0 here. */
    readonly character: number;
    readonly message: string;
  }[];
}

export async function analyzeScript(script: string): Promise<ScriptAnalysis> {
  const faults = await findSyntaxErrors(script);
  return { errors: faults.map(({ location: { start }, message }) => ({ line: start.line, column: start.column, character: 0, message })) };
}
