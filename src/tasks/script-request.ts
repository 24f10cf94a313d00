/** The request by which a run asks for its script to be evaluated. */

/** Under its own name; with another one the option could not be set. */
const IMPORTS_TASKS = /^\s*import\s+"influxdata\/influxdb\/tasks"/m;

/** Whether a script can ask when its task last succeeded. */
export const asksForProgress = (flux: string): boolean => IMPORTS_TASKS.test(flux);

/** @param latestSuccessMs what `tasks.lastSuccess` answers */
export function scriptRequestOf(
  flux: string,
  latestSuccessMs: number | undefined,
): { readonly contentType: string; readonly body: Uint8Array } {
  if (latestSuccessMs === undefined || !asksForProgress(flux)) return { contentType: 'application/vnd.flux', body: Buffer.from(flux) };
  const name = (text: string): object => ({ type: 'Identifier', name: text });
  const assignment = {
    type: 'MemberAssignment',
    member: { type: 'MemberExpression', object: name('tasks'), property: name('lastSuccessTime') },
    init: { type: 'DateTimeLiteral', value: new Date(latestSuccessMs).toISOString() },
  };
  const extern = { type: 'File', body: [{ type: 'OptionStatement', assignment }] };
  return { contentType: 'application/json', body: Buffer.from(JSON.stringify({ query: flux, type: 'flux', extern })) };
}
