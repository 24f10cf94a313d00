/** A row as CSV, as Go's encoding/csv writes it. */

export const formatCsvRow = (cells: readonly string[], delimiter: string): string =>
  `${cells.map((cell) => (needsQuotes(cell, delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(delimiter)}\n`;

const needsQuotes = (cell: string, delimiter: string): boolean =>
  cell !== '' && (cell.includes(delimiter) || /["\r\n]|^\s/.test(cell) || cell === '\\.');
