/** Tables on standard output, as InfluxDB's commands print them: columns apart by tabs, so that scripts can split them. */

export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  const last = head.length - 1;
  const format = (line: readonly string[]): string =>
    line.map((cell, column) => (column === last ? cell : `${cell.padEnd(widths[column] ?? 0)}\t`)).join('');
  return lines.map((line) => `${format(line)}\n`).join('');
}
