/** All trials as a table that sorts and filters. */
import { type Block, emptyLines, fit, type Line, span } from '../draw/block.js';
import { columnsThatFit, columnWidths, tableHead, tableRow } from '../draw/table.js';
import { type TrialColumn, trialColumns } from '../model/columns.js';
import { isListing, listing } from '../model/listing.js';
import { markedRows } from '../model/selection.js';
import type { RunModel } from '../model/run-model.js';
import type { UiState } from '../state.js';
import { trialSheet } from '../model/sheets.js';
import { moved } from './cursor.js';
import type { Change, DrawContext, Screen } from './screen.js';
import { editSelected, markSelected, openCandidate } from './trial-keys.js';

/** The filter: as it is being typed, or else as it was kept. */
function filterText({ prompt, filter }: UiState): string {
  return prompt?.kind === 'filter' ? prompt.text : filter;
}

const listed = ({ model, ui, now }: DrawContext) =>
  listing(model, { sort: ui.sort, filter: filterText(ui) }, now);

/** The place of the selected trial in the listing; the first where it is not listed. */
function cursorAt(model: RunModel, ui: UiState, rows: Uint32Array): number {
  const row = ui.selected === undefined ? undefined : model.table.rowOf(ui.selected);
  return row === undefined ? 0 : Math.max(0, rows.indexOf(row));
}

/** First listed row shown: the cursor stays inside, with the scroll kept where it can be. */
function firstShown(cursor: number, scroll: number, shown: number, count: number): number {
  return Math.max(0, Math.min(Math.max(scroll, cursor - shown + 1), cursor, Math.max(0, count - shown)));
}

function draw(context: DrawContext): Block {
  const { model, ui, width, height } = context;
  const { rows, problem, unfinished } = listed(context);
  const shown = Math.max(1, height - 2);
  const cursor = cursorAt(model, ui, rows);
  const first = firstShown(cursor, ui.scroll, shown, rows.length);
  const visible = [...rows.subarray(first, first + shown)];
  const columns = trialColumns(model).map((column) => withArrow(column, ui.sort));
  const marked = new Set(markedRows(model, ui));
  const cells = visible.map((row) => columns.map((column) => column.cell(row)));
  const widths = columnWidths(columns, cells);
  const kept = columnsThatFit(columns, widths, width - 1);
  const body = cells.map((row, i): Line => {
    const content = fit(tableRow(row, columns, widths, kept), width - 1);
    const selected = first + i === cursor;
    const styled = selected ? content.map((part) => ({ ...part, inverse: true })) : content;
    const chosen = marked.has(visible[i] as number) ? '■' : ' ';
    return [span(selected ? '▸' : chosen, selected ? 'cursor' : 'accent'), ...styled];
  });
  return [
    [span(' '), ...tableHead(columns, widths, kept)],
    ...body,
    ...emptyLines(shown - body.length),
    statusLine(model, ui, { listed: rows.length, cursor, problem, unfinished }),
  ];
}

function withArrow(column: TrialColumn, sort: UiState['sort']): TrialColumn {
  if (column.key !== sort.column) return column;
  return { ...column, title: `${column.title}${sort.descending ? '▾' : '▴'}` };
}

function statusLine(
  model: RunModel,
  ui: UiState,
  {
    listed: count,
    cursor,
    problem,
    unfinished,
  }: { listed: number; cursor: number; problem: string | undefined; unfinished: boolean },
): Line {
  if (problem) return [span(problem, 'bad')];
  const filter = filterText(ui);
  const found = unfinished ? `${count} so far` : `${count}`;
  const place = count > 0 ? `${cursor + 1} of ${found}` : unfinished ? 'looking' : 'no trial';
  return [
    span(` ${place}${filter ? ' that match ' : ''}`, 'muted'),
    span(filter, 'accent'),
    span(count < model.table.count ? `  (${model.table.count} in all)` : '', 'muted'),
  ];
}

export const trialsScreen: Screen = {
  id: 'trials',
  title: 'Trials',
  hasClock: true,
  unfinished: ({ model }) => isListing(model),
  draw,
  act(action, context) {
    const { model, ui, height } = context;
    const { rows } = listed(context);
    const shown = Math.max(1, height - 2);
    const cursor = cursorAt(model, ui, rows);
    const moveTo = (at: number): Change | undefined => {
      const row = rows[at];
      if (row === undefined) return undefined;
      return { selected: model.row(row).id, scroll: firstShown(at, ui.scroll, shown, rows.length) };
    };
    const place = moved(action, cursor, rows.length, shown);
    if (place !== undefined) return moveTo(place);
    switch (action) {
      case 'sort': {
        const keys = trialColumns(model).map(({ key }) => key);
        const next = keys[(keys.indexOf(ui.sort.column) + 1) % keys.length] ?? 'id';
        return { sort: { column: next, descending: next === 'accuracy' || next === 'id' }, scroll: 0 };
      }
      case 'reverse':
        return { sort: { ...ui.sort, descending: !ui.sort.descending }, scroll: 0 };
      case 'copy': {
        const row = rows[cursor];
        if (row === undefined) return undefined;
        return { effect: { type: 'copy', text: `${model.view.folder}#${model.row(row).id}` } };
      }
      case 'filter':
        return { prompt: { kind: 'filter', text: ui.filter } };
      case 'back':
        return ui.filter ? { filter: '' } : undefined;
      case 'open':
        return openCandidate(rows[cursor], context);
      case 'mark':
        return { ...moveTo(Math.min(rows.length - 1, cursor + 1)), ...markSelected(rows[cursor], context) };
      case 'edit':
        return editSelected(rows[cursor]);
      default:
        return undefined;
    }
  },
  click(_column, row, context) {
    const { model, ui, height } = context;
    const { rows } = listed(context);
    const first = firstShown(cursorAt(model, ui, rows), ui.scroll, Math.max(1, height - 2), rows.length);
    const clicked = rows[first + row - 1];
    return clicked === undefined || row < 1 ? undefined : { selected: model.row(clicked).id };
  },
  sheet: (context) => trialSheet(context.model, listed(context).rows),
};
