/** What messages call this program. */

/** Those that go to a file or to another program are worded as `influx` words them, its name included: scripts look for them. */
export async function programName(): Promise<string> {
  const { isErrorTerminal } = await import('./prompt.js');
  return isErrorTerminal() ? 'sluice' : 'influx';
}
