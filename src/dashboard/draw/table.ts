/** Aligned tables, for screens and for plain output. */
import { type Align, type Block, fit, type Line, lineWidth, span } from './block.js';

export interface Column {
  readonly title: string;
  readonly align?: Align;
  /** At least this wide; as wide as its widest cell by default. */
  readonly minWidth?: number;
  /** Columns with the smallest numbers stay longest when the width is short; default 0. */
  readonly sheds?: number;
}

const gap = 2;

/** Widths of columns that hold their cells, in columns of the terminal. */
export function columnWidths(columns: readonly Column[], rows: readonly (readonly Line[])[]): number[] {
  return columns.map((column, i) =>
    Math.max(column.title.length, column.minWidth ?? 0, ...rows.map((row) => lineWidth(row[i] ?? []))),
  );
}

/** Indices of the columns that fit into `width` together, those with the smallest `shed` left out. */
export function columnsThatFit(
  columns: readonly Column[],
  widths: readonly number[],
  width: number,
): number[] {
  const kept = columns.map((_, i) => i);
  const total = () => kept.reduce((sum, i) => sum + (widths[i] ?? 0) + gap, -gap);
  while (kept.length > 1 && total() > width) {
    const worst = Math.max(...kept.map((i) => columns[i]?.sheds ?? 0));
    kept.splice(
      kept.findLastIndex((i) => (columns[i]?.sheds ?? 0) === worst),
      1,
    );
  }
  return kept;
}

/** One line of a table: its cells in their columns. */
export function tableRow(
  cells: readonly Line[],
  columns: readonly Column[],
  widths: readonly number[],
  kept: readonly number[],
): Line {
  return kept.flatMap((i, place) => [
    ...(place ? [span(' '.repeat(gap))] : []),
    ...fit(cells[i] ?? [], widths[i] ?? 0, columns[i]?.align ?? 'left'),
  ]);
}

/** The line of titles. */
export function tableHead(
  columns: readonly Column[],
  widths: readonly number[],
  kept: readonly number[],
): Line {
  const titles = columns.map((column): Line => [span(column.title, 'muted', { bold: true })]);
  return tableRow(titles, columns, widths, kept);
}

/** A whole table with its titles, at most `width` columns wide. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly (string | Line)[])[],
  width = Number.POSITIVE_INFINITY,
): Block {
  const cells = rows.map((row) => row.map((cell): Line => (typeof cell === 'string' ? [span(cell)] : cell)));
  const widths = columnWidths(columns, cells);
  const kept = columnsThatFit(columns, widths, width);
  return [tableHead(columns, widths, kept), ...cells.map((row) => tableRow(row, columns, widths, kept))];
}
