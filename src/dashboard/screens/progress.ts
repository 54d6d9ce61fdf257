/** Progress: budget, rates and time left, hypervolume, workers, failures. */
import { bar } from '../draw/bar.js';
import {
  type Block,
  sideBySide,
  fitBlock,
  type Line,
  line,
  lineWidth,
  span,
  wrapText,
} from '../draw/block.js';
import { lineChart } from '../draw/line-chart.js';
import { formatApart, scaleOver } from '../draw/scale.js';
import { formatCount, formatDuration, formatPercent, significant } from '../../base/index.js';
import { commandText } from '../../runs/index.js';
import { failureReasons, preparationOf, type Progress, progressOf } from '../model/progress.js';
import { machineLines, workerText } from '../machine/lines.js';
import { busyWorkers, type RunModel } from '../model/run-model.js';
import { runningCurves } from './running-curves.js';
import type { DrawContext, Screen } from './screen.js';

/** Commands that are listed. */
const controlsShown = 4;

const labelRoom = 13;
const field = (label: string, ...value: Line): Line => [span(label.padEnd(labelRoom), 'muted'), ...value];

function budgetLines({ behind, view }: RunModel, progress: Progress, width: number): Block {
  const { finished, budget, limitSeconds, limitUsedSeconds } = progress;
  const gauges: (readonly [label: string, share: number, text: string])[] = [
    ['trials', finished / budget, ` ${finished} of ${budget}`],
  ];
  const preparation = preparationOf(view);
  if (preparation) {
    const { name, step, steps } = preparation;
    gauges.unshift([name, step / steps, ` ${step} of ${steps}`]);
  }
  if (limitSeconds !== undefined) {
    const text = ` ${formatDuration(limitUsedSeconds)} of ${formatDuration(limitSeconds)}`;
    gauges.push(['time limit', limitUsedSeconds / limitSeconds, text]);
  }
  const room = width - labelRoom - Math.max(...gauges.map(([, , text]) => text.length));
  const size = Math.max(6, Math.min(30, room));
  const rows = gauges.map(([label, share, text]) => field(label, ...bar(share, size, 'accent'), span(text)));
  const rate = progress.trialsPerMinute;
  rows.push(
    field(
      'elapsed',
      span(formatDuration(progress.elapsedSeconds)),
      span(progress.leftSeconds === undefined ? '' : `, ${formatDuration(progress.leftSeconds)} left`),
    ),
    field('rate', span(rate === undefined ? '-' : `${significant(rate)} trials a minute`)),
    field(
      'hypervolume',
      span(progress.hypervolume.toFixed(4), 'front', { bold: true }),
      span(behind ? ' so far; it is being worked out' : '', 'muted'),
    ),
  );
  return rows;
}

function countLine(model: RunModel): Line {
  const { counts } = model.table;
  const front = model.table.front().length;
  return field(
    'states',
    span(`${counts.complete} complete`),
    span(` (${front} on the front)`, 'front'),
    span(counts.running ? `, ${counts.running} running` : '', 'accent'),
    span(counts.failed ? `, ${counts.failed} failed` : '', 'bad'),
    span(counts.pruned ? `, ${counts.pruned} pruned` : '', 'muted'),
    span(counts.interrupted ? `, ${counts.interrupted} interrupted` : '', 'warn'),
  );
}

function workerLines({ model, machine }: DrawContext, width: number): Block {
  if (!model.view.live) return [];
  const workers = busyWorkers(model);
  /** Trials that have not said yet who trains them. */
  let beginning = model.table.counts.running - workers.filter(({ row }) => row).length;
  const lines = workers.flatMap(({ worker, host, name, row, crashes }): Block => {
    // Of another machine: what it is called there says more than a number.
    const label = host === undefined ? `worker ${worker}` : `${host}/${name} `;
    const load = machine.workers.find((one) => one.worker === worker);
    const text = load ? workerText(load) : '';
    const lost = crashes > 0 ? span(`  lost ${crashes} times`, 'bad') : span('');
    if (!row) {
      const state = beginning-- > 0 ? 'begins a trial' : 'idle';
      return [field(label, span(state, 'muted'), lost, span(text === '' ? '' : `  ${text}`, 'muted'))];
    }
    const share = row.steps > 0 ? row.step / row.steps : 0;
    const loss = row.curve.at(-1)?.loss;
    const its = field(
      label,
      ...bar(share, 10, 'good'),
      span(` trial ${row.id} ${formatPercent(share, 0)}`),
      span(loss === undefined ? '' : `  loss ${significant(loss)}`, 'muted'),
      lost,
    );
    if (text === '') return [its];
    // On the same line where there is room, else below it.
    return lineWidth(its) + text.length + 2 <= width
      ? [[...its, span(`  ${text}`, 'muted')]]
      : [its, field('', span(text, 'muted'))];
  });
  return [...fleetLine(model), ...lines];
}

/** How many machines a fleet has, and how many trials wait for a place. */
function fleetLine({ view: { fleet } }: RunModel): Block {
  if (!fleet) return [];
  const { hosts, places, waiting } = fleet;
  const text = `${formatCount(hosts)} hosts, ${formatCount(places)} places, ${formatCount(waiting)} trials waiting`;
  return [field('fleet', span(text))];
}

const controlStates = {
  waiting: { symbol: '▸', role: 'accent' },
  taken: { symbol: '✓', role: 'good' },
  refused: { symbol: '✗', role: 'bad' },
  lost: { symbol: '-', role: 'muted' },
} as const;

/** What the search was asked, newest last, and whether it has taken it. */
function controlLines({ view }: RunModel, width: number): Block {
  return view.controls.slice(-controlsShown).flatMap(({ command, state, reason, sentAt, answeredAt }) => {
    const { symbol, role } = controlStates[state];
    const after =
      sentAt === undefined || answeredAt === undefined
        ? ''
        : ` after ${formatDuration(Math.max(0, answeredAt - sentAt) / 1000)}`;
    const outcome = {
      waiting: 'waiting for the search',
      taken: `taken${after}`,
      refused: `refused: ${reason ?? ''}`,
      lost: 'not taken: the search had ended',
    };
    const asked = commandText(command);
    // A reason is a sentence: where it does not fit next to the command, below it.
    const [first = '', ...more] = wrapText(outcome[state], Math.max(12, width - asked.length - 4));
    const said = state === 'refused' ? 'bad' : 'muted';
    return [
      line(span(`${symbol} `, role), asked, span(`  ${first}`, said)),
      ...(more.length === 0 ? [] : wrapText(more.join(' '), Math.max(12, width - 2))).map((text) =>
        line(span(`  ${text}`, said)),
      ),
    ];
  });
}

const alertsShown = 5;
const alertRoles = {
  best: 'good',
  worker: 'bad',
  failures: 'bad',
  stagnation: 'warn',
  end: 'accent',
} as const;

/** The latest alerts, with what failed of sending them. */
function alertLines({ alerts, now }: DrawContext, width: number): Block {
  if (alerts.length === 0) return [];
  return [
    [span('alerts', 'accent', { bold: true })],
    ...alerts.slice(-alertsShown).flatMap(({ at, kind, text, failed }): Block => {
      const age = (now - at) / 1000;
      const said = `${age < 5 ? 'now' : `${formatDuration(age)} ago`}  ${text}`;
      const [first = '', ...more] = wrapText(said, Math.max(12, width - 2));
      return [
        line(span('! ', alertRoles[kind]), first),
        ...more.map((part) => line(span(`  ${part}`))),
        ...(failed === undefined
          ? []
          : wrapText(`not sent: ${failed}`, width - 2).map((part) => line(span(`  ${part}`, 'bad')))),
      ];
    }),
  ];
}

function failureLines(model: RunModel): Block {
  return failureReasons(model)
    .slice(0, 4)
    .map(({ reason, count, last }) =>
      line(span(`${count} x `, 'bad'), reason, span(`  last: trial ${last}`, 'muted')),
    );
}

/** The hypervolume over finished trials, or over time. */
function chart({ model, ui, glyphs, now }: DrawContext, width: number, height: number): Block {
  const overTime = ui.overTime;
  const progress = progressOf(model, now);
  const end = overTime ? progress.elapsedSeconds / 60 : Math.max(1, progress.finished);
  const points = model.hypervolume.map(({ trials, seconds, value }) => ({
    x: overTime ? seconds / 60 : trials,
    y: value,
  }));
  const last = points.at(-1);
  if (last) points.push({ x: end, y: last.y });
  const first = points[0];
  const curve = first ? [{ x: overTime ? 0 : 1, y: first.y }, ...points] : [];
  return lineChart({
    width,
    height,
    x: {
      label: overTime ? 'minutes' : 'finished trials',
      scale: scaleOver([overTime ? 0 : 1, Math.max(end, overTime ? 1 : 6)], ui.log && !overTime, 0),
      format: formatCount,
    },
    y: {
      label: 'hypervolume',
      scale: scaleOver([0, points.at(-1)?.y || 1]),
      format: formatApart,
    },
    series: [{ points: curve, role: 'front', steps: true }],
    glyphs,
  });
}

/** The hypervolume, and below it the curves of what runs where there is room. */
function charts(context: DrawContext, width: number, height: number): Block {
  const half = Math.floor(height / 2);
  const curves = height >= 24 ? runningCurves(context, width, half) : undefined;
  return curves ? [...chart(context, width, height - half), ...curves] : chart(context, width, height);
}

function draw(context: DrawContext): Block {
  const { model, width, height, now } = context;
  const progress = progressOf(model, now);
  const wide = width >= 110;
  const textWidth = wide ? 56 : width;
  const problems = model.view.problems.flatMap((text) =>
    wrapText(`⚠ ${text}`, textWidth).map((part): Line => [span(part, 'warn')]),
  );
  const message = model.view.ended?.message;
  const text: Block = [
    ...problems,
    ...(message === undefined ? [] : wrapText(message, textWidth).map((part): Line => [span(part, 'bad')])),
    ...budgetLines(model, progress, textWidth),
    countLine(model),
    ...workerLines(context, textWidth),
    ...machineLines(context.machine, textWidth),
    ...controlLines(model, textWidth),
    ...failureLines(model),
    ...alertLines(context, textWidth),
  ];
  if (wide) {
    const chartWidth = width - textWidth - 2;
    return sideBySide(
      { block: fitBlock(text, textWidth, height), width: textWidth + 2 },
      { block: charts(context, chartWidth, height), width: chartWidth },
    );
  }
  const textHeight = Math.min(text.length, Math.max(4, height - 9));
  const rest = height - textHeight;
  return [...fitBlock(text, width, textHeight), ...(rest >= 5 ? chart(context, width, rest) : [])];
}

export const progressScreen: Screen = {
  id: 'progress',
  title: 'Progress',
  hasClock: true,
  draw,
  act(action, { ui }) {
    if (action === 'log') return { log: !ui.log };
    if (action === 'over-time') return { overTime: !ui.overTime };
    return undefined;
  },
  sheet: ({ model }) => ({
    head: ['trials', 'seconds', 'hypervolume'],
    rows: model.hypervolume.map(({ trials, seconds, value }) => [trials, seconds, value]),
  }),
};
