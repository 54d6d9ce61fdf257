/** Runs: the list of all in the folder, and two fronts compared. */
import { type Block, fit, fitBlock, type Line, type Role, span, wrapText } from '../draw/block.js';
import { columnsThatFit, columnWidths, type Column, table, tableHead, tableRow } from '../draw/table.js';
import { formatDuration, formatPercent, significant } from '../../base/index.js';
import { compareFronts, type FrontMeasures } from '../model/compare-runs.js';
import type { RunEntry } from '../model/run-list.js';
import { toggled } from '../state.js';
import { aboutRun } from './about-run.js';
import { moved } from './cursor.js';
import type { DrawContext, Screen } from './screen.js';

const columns: readonly Column[] = [
  { title: 'run' },
  { title: 'state' },
  { title: 'trials', align: 'right' },
  { title: 'front', align: 'right', sheds: 2 },
  { title: 'best accuracy', align: 'right', sheds: 3 },
  { title: 'hypervolume', align: 'right' },
  { title: 'devices', sheds: 5 },
  { title: 'searched for', align: 'right', sheds: 4 },
  { title: 'changed', align: 'right', sheds: 1 },
];

function cells(entry: RunEntry, now: number): Line[] {
  const { name, summary, problem } = entry;
  if (!summary) return [[span(name)], [span(problem ? problem : 'reading', problem ? 'bad' : 'muted')]];
  const { front, live, config, trials, finished } = summary;
  const members = front?.front.length ?? 0;
  const best = Math.max(...(front?.front ?? []).map((member) => member.accuracy));
  const age = (now - summary.changedAt) / 1000;
  return [
    [span(name, 'text', { bold: true })],
    [live ? span('▸ running', 'good') : span(front ? '  ended' : '  no front.json', 'muted')],
    [span(`${finished} of ${trials}`)],
    [span(members > 0 ? String(members) : '-', 'front')],
    [span(Number.isFinite(best) ? formatPercent(best, 2) : '-')],
    [span(front && members > 0 ? front.hypervolume.toFixed(4) : '-')],
    [span(config.profiles.join(', '), 'muted')],
    [span(front ? formatDuration(front.seconds) : '-')],
    // A clock that jumped back makes runs of the future.
    [span(age < 5 ? 'now' : `${formatDuration(age)} ago`, 'muted')],
  ];
}

function cursorAt({ runs, ui, model }: DrawContext): number {
  const name = ui.run ?? model.view.name;
  return Math.max(
    0,
    runs.findIndex((entry) => entry.name === name),
  );
}

function draw(context: DrawContext): Block {
  const { runs, ui, width, height, now } = context;
  if (runs.length === 0) return [[span('There are no runs here.', 'muted')]];
  const compared = comparison(context);
  const cursor = cursorAt(context);
  const under = runs[cursor];
  const about = under && compared.length === 0 ? aboutRun(under, width) : [];
  // What a run is only below a list that is shown whole; a comparison was asked for.
  const below = about.length + runs.length + 1 <= height ? about : [];
  const room = Math.max(1, height - 1 - compared.length - below.length);
  const first = Math.max(0, Math.min(cursor - Math.floor(room / 2), runs.length - room));
  const shown = runs.slice(first, first + room);
  const rows = shown.map((entry) => cells(entry, now));
  const widths = columnWidths(columns, rows);
  const kept = columnsThatFit(columns, widths, width - 2);
  const list = rows.map((row, i): Line => {
    const entry = shown[i] as RunEntry;
    const on = first + i === cursor;
    const marked = ui.markedRuns.includes(entry.name);
    const content = fit(tableRow(row, columns, widths, kept), width - 2);
    return [
      span(on ? '▸' : ' ', 'cursor'),
      span(entry.name === ui.baseline ? '⇤' : marked ? '■' : ' ', 'accent'),
      ...(on ? content.map((part) => ({ ...part, inverse: true })) : content),
    ];
  });
  const listed = fitBlock(list, width, Math.min(room, list.length));
  return [[span('  '), ...tableHead(columns, widths, kept)], ...listed, ...compared, ...below];
}

function marked({ runs, ui }: DrawContext): RunEntry[] {
  return ui.markedRuns.flatMap((name) => runs.filter((entry) => entry.name === name)).slice(-2);
}

function comparison(context: DrawContext): Block {
  const { width } = context;
  const [a, b] = marked(context);
  if (!a?.summary || !b?.summary) {
    return a ? [[], [span(' Mark a second run with Space to compare the two.', 'muted')]] : [];
  }
  const compared = compareFronts(a.summary, b.summary);
  if (!compared)
    return [
      [],
      [span(' Their fronts cannot be compared: they have no device in common, or no front.', 'warn')],
    ];
  const { devices, first, second, warnings } = compared;
  const said = (text: string, role: Role): Block =>
    wrapText(text, width - 2).map((part) => [span(` ${part}`, role)]);
  return [
    [],
    ...said(`compared over accuracy and latency on ${devices.join(', ')}`, 'muted'),
    ...table(comparisonColumns, [measured(a.name, first), measured(b.name, second)], width - 1).map(
      (row): Line => [span(' '), ...row],
    ),
    ...warnings.flatMap((text) => said(`⚠ ${text}`, 'warn')),
    ...said(comparisonWords, 'muted'),
  ];
}

const comparisonColumns: readonly Column[] = [
  { title: 'run' },
  { title: 'front', align: 'right' },
  { title: 'hypervolume', align: 'right' },
  { title: 'covers', align: 'right' },
  { title: 'epsilon', align: 'right' },
];

const comparisonWords =
  'Covers: the share of the other front that it equals or beats. Epsilon: by how much it would have to be better everywhere to cover all of it.';

function measured(name: string, { size, hypervolume, covers, epsilon }: FrontMeasures): Line[] {
  return [
    [span(name, 'accent')],
    [span(String(size))],
    [span(hypervolume.toFixed(4), 'front', { bold: true })],
    [span(formatPercent(covers, 0))],
    [span(significant(epsilon))],
  ];
}

export const runsScreen: Screen = {
  id: 'runs',
  title: 'Runs',
  hasClock: true,
  draw,
  act(action, context) {
    const { runs, ui, height } = context;
    const cursor = cursorAt(context);
    const to = runs[moved(action, cursor, runs.length, height) ?? -1];
    if (to) return { run: to.name };
    switch (action) {
      case 'mark': {
        const entry = runs[cursor];
        return entry && { markedRuns: toggled(ui.markedRuns, entry.name) };
      }
      case 'open': {
        const entry = runs[cursor];
        return entry && { effect: { type: 'open-run', folder: entry.folder } };
      }
      case 'baseline': {
        const name = runs[cursor]?.name;
        return { baseline: name === ui.baseline ? undefined : name };
      }
      case 'compare':
        return { screen: 'overlay', previous: ui.screen, scroll: 0 };
      case 'back':
        return { screen: ui.previous };
      default:
        return undefined;
    }
  },
  sheet({ runs }) {
    return {
      head: ['run', 'trials', 'budget', 'front', 'hypervolume', 'seconds'],
      rows: runs.map(({ name, summary }) => [
        name,
        summary?.finished,
        summary?.trials,
        summary?.front?.front.length,
        summary?.front?.hypervolume,
        summary?.front?.seconds,
      ]),
    };
  },
};
