/* Cells pasted from a spreadsheet, as the CSV that the service reads. */

/* Rows of cells as spreadsheets put them on the clipboard: tabs, quotes around cells with line ends. */
export function readCells(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  const s = text.replace(/\r\n?/g, '\n');
  for (let i = 0; i < s.length; i++) {
    const c = s.charAt(i);
    if (quoted) {
      if (c !== '"') cell += c;
      else if (s.charAt(i + 1) === '"') {
        cell += '"';
        i++;
      } else quoted = false;
    } else if (c === '"' && cell === '') quoted = true;
    else if (c === '\t') {
      row.push(cell);
      cell = '';
    } else if (c === '\n') {
      rows.push([...row, cell]);
      row = [];
      cell = '';
    } else cell += c;
  }
  if (cell !== '' || row.length > 0) rows.push([...row, cell]);
  return rows.map((r) => r.map((v) => v.trim())).filter((r) => r.some((v) => v !== ''));
}

const quote = (cell: string): string => (/[",\n;]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell);

export const writeCsv = (rows: string[][]): string => '\ufeff' + rows.map((r) => r.map(quote).join(',')).join('\r\n') + '\r\n';

/* Is the first row one of headings? Then no cell of it is a number of 9 or more digits, nor an address. */
export const hasHeadings = (rows: string[][]): boolean => !(rows[0] ?? []).some((c) => /^\d{9,}$/.test(c) || c.includes('@'));
