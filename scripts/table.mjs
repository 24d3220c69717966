/**
 * Prints rows under their headings, each column as wide as its widest cell.
 * @param {readonly string[]} columns
 * @param {readonly Record<string, unknown>[]} rows
 */
export function printTable(columns, rows) {
  const heading = Object.fromEntries(columns.map((column) => [column, column]));
  const lines = [heading, ...rows];
  const widths = columns.map((c) => Math.max(...lines.map((line) => String(line[c]).length)));
  for (const line of lines) {
    const cells = columns.map((column, i) => String(line[column]).padEnd(widths[i]));
    console.log(cells.join('  ').trimEnd());
  }
}
