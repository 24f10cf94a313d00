/** Tables as Go's text/tabwriter lays them out for `influx`: columns filled up with tabs. */

const TAB_WIDTH = 8;
const PADDING = 1;

export type Cell = string | number | boolean | readonly string[];

/** @param hidesHeaders rows only */
export function formatTable(headers: readonly string[], rows: readonly (readonly Cell[])[], hidesHeaders = false): string {
  const lines = [...(hidesHeaders ? [] : [headers]), ...rows.map((row) => row.map(formatCell))];
  const widths = headers.map((_, column) => fillUp(Math.max(0, ...lines.map((line) => widthOf(line[column] ?? ''))) + PADDING));
  return lines.map((line) => `${line.map((cell, column) => pad(cell, column, line.length, widths)).join('')}\n`).join('');
}

/** The last cell of a line is not filled up. */
function pad(cell: string, column: number, columns: number, widths: readonly number[]): string {
  if (column === columns - 1) return cell;
  return cell + '\t'.repeat(Math.ceil(((widths[column] ?? 0) - widthOf(cell)) / TAB_WIDTH));
}

const fillUp = (width: number): number => Math.ceil(width / TAB_WIDTH) * TAB_WIDTH;

const widthOf = (cell: string): number => Array.from(cell).length;

/** As Go's `%v` shows it. */
const formatCell = (cell: Cell): string => escapeControls(typeof cell === 'object' ? `[${cell.join(' ')}]` : String(cell));

/** Names and descriptions are anybody's: nothing in them may move the cursor of who lists them, or break the table. */
export const escapeControls = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (letter) =>
    JSON.stringify(letter)
      .slice(1, -1)
      .replace(/^[\u007f-\u009f]$/, '\ufffd'),
  );
