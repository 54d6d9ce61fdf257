/** A run without a dashboard: a line for each finished trial, and the front at the end. */
import { dirname, join } from 'node:path';
import {
  accuracyInterval,
  commandText,
  followRun,
  imagesOf,
  isReadableWeights,
  levelWithBest,
  readRun,
  runsRoot,
} from '../runs/index.js';
import type { Theme } from './draw/ansi.js';
import { type Block, type Line, line, span } from './draw/block.js';
import { marks } from './draw/glyphs.js';
import { scatter } from './draw/scatter.js';
import { table } from './draw/table.js';
import {
  formatCount,
  formatDuration,
  formatInteger,
  formatMs,
  formatPercent,
  significant,
  commandLine,
} from '../base/index.js';
import { finalistIn, finalistsIn, laterText } from './model/finalists.js';
import { createLiveAlerts } from './alerts/live-alerts.js';
import { frontPlot } from './model/front-plot.js';
import { preparationOf, progressOf } from './model/progress.js';
import { createRunModel, type RunModel } from './model/run-model.js';
import { selectedRow, stopsBy } from './model/selection.js';
import { accuracyText, deployText } from './model/titles.js';

/** Rows of the front's table; the rest is in `front.csv`. */
const frontRows = 24;
/** How often progress is reported when no trial finishes. */
const progressEveryMs = 30_000;
const plotSize = { width: 72, height: 18 };

/** `trial 12  63.40 %  mali-g76 10.2 ms  ...  MACs 92.1 M  on the front`. */
export function trialReport(model: RunModel, row: number): string {
  const trial = model.row(row);
  const value = (metric: string): number => model.table.column(metric)[row] ?? Number.NaN;
  const prices = model.devices.map(
    ({ name, latencyMetric }) => `${name} ${formatMs(value(latencyMetric)).padStart(7)}`,
  );
  const accuracy = value('accuracy');
  const outcome = trial.state === 'complete' ? formatPercent(accuracy, 2) : trial.state;
  const end =
    trial.state === 'complete'
      ? model.table.onFront(row)
        ? 'on the front'
        : 'dominated'
      : (trial.reason ?? '');
  const cells = [
    `trial ${String(trial.id).padStart(String(model.table.count).length)}`,
    outcome.padStart(8),
    ...prices,
    `MACs ${formatCount(value('macs'))}`,
    end,
  ];
  return cells.join('  ').trimEnd();
}

/** `12 of 64 trials, 2 min 10 s left, hypervolume 0.412`; or how far the supernet is. */
export function progressReport(model: RunModel, now: number): string {
  const progress = progressOf(model, now);
  const preparation = preparationOf(model.view);
  if (preparation) return preparation.text;
  const left = progress.leftSeconds === undefined ? '' : `, ${formatDuration(progress.leftSeconds)} left`;
  const failed = model.table.counts.failed > 0 ? `, ${model.table.counts.failed} failed` : '';
  return `${progress.finished} of ${progress.budget} trials${failed}${left}, hypervolume ${progress.hypervolume.toFixed(3)}`;
}

export interface PlainReporter {
  /** Reports what happened since the last call, and stops. */
  close(): void;
}

/**
 * Follows a run and writes a line for each trial that finishes from now on, progress now and then, and its alerts where
 * its config has any.
 * @param ring rings the bell, where the config wants that.
 */
export function reportPlainly(
  run: string,
  write: (text: string) => void,
  ring: () => void = () => {},
): PlainReporter {
  const reported = new Set<number>();
  let lastWritten = Date.now();
  const say = (text: string): void => {
    write(text);
    lastWritten = Date.now();
  };
  const tellNew = (): void => {
    const finished: number[] = [];
    for (let row = 0; row < model.table.count; row++) {
      const { endedAt } = model.row(row);
      if (endedAt !== undefined && !reported.has(row)) finished.push(row);
    }
    for (const row of finished.sort((a, b) => (model.row(a).endedAt ?? 0) - (model.row(b).endedAt ?? 0))) {
      reported.add(row);
      say(trialReport(model, row));
    }
  };
  const controls = new Set<string>();
  const tellControls = (report: boolean): void => {
    for (const { id, command, state, reason } of model.view.controls) {
      if (state === 'waiting' || controls.has(id)) continue;
      controls.add(id);
      if (report) say(`${commandText(command)}: ${state}${reason === undefined ? '' : `: ${reason}`}`);
    }
  };
  const alerts = createLiveAlerts();
  const tellAlerts = (report: boolean): void => {
    const { alerts: config } = model.view.config;
    if (!config) return;
    do {
      for (const { text } of alerts.look(model)) {
        if (!report) continue;
        say(`alert: ${text}`);
        if (config.bell || config.desktop) ring();
      }
    } while (alerts.behind);
  };
  const followed = followRun(run, (view) => {
    model.update(view);
    model.settle();
    tellNew();
    tellControls(true);
    tellAlerts(true);
  });
  const model = createRunModel(followed.view);
  // What an earlier session finished was reported then.
  for (let row = 0; row < model.table.count; row++)
    if (model.row(row).endedAt !== undefined) reported.add(row);
  tellControls(false);
  tellAlerts(false);
  const timer = setInterval(() => {
    if (Date.now() - lastWritten >= progressEveryMs) say(progressReport(model, Date.now()));
  }, 1000);
  return {
    close() {
      clearInterval(timer);
      followed.close();
      model.update(readRun(run));
      model.settle();
      tellNew();
    },
  };
}

/** The front by accuracy, as a table. */
function frontTable(model: RunModel): Block {
  const right = { align: 'right' } as const;
  const members = Array.from(stopsBy(model, 'accuracy', false)).toReversed();
  const rows = members.slice(0, frontRows);
  const cell = (metric: string, row: number, format: (v: number) => string): string => {
    const value = model.table.column(metric)[row] ?? Number.NaN;
    return Number.isNaN(value) ? '-' : format(value);
  };
  const { view } = model;
  const robust = view.config.robust ? ", band's upper end" : '';
  const images = imagesOf(view);
  const range = (accuracy: number): string => {
    const interval = accuracyInterval(view, accuracy);
    return interval ? `${(100 * interval.low).toFixed(1)} to ${(100 * interval.high).toFixed(1)}` : '-';
  };
  const again = finalistsIn(model) !== undefined;
  const againText = (row: number): string => {
    const finalist = finalistIn(model, model.row(row).id);
    return finalist ? `${laterText(finalist)}${finalist.onFront ? ' *' : '  '}` : '-';
  };
  const shown = table(
    [
      { title: 'trial', ...right },
      { title: 'accuracy', ...right },
      ...(images === undefined ? [] : [{ title: '95 %', ...right }]),
      ...(again ? [{ title: 'again', ...right }] : []),
      ...model.devices.map(({ name, limitMs }) => ({
        title: `${name}${robust}${limitMs === undefined ? '' : ` (limit ${significant(limitMs)})`}`,
        ...right,
      })),
      { title: 'params', ...right },
      { title: 'MACs', ...right },
    ],
    rows.map((row) => [
      String(model.row(row).id),
      cell('accuracy', row, (v) => formatPercent(v, 2)),
      ...(images === undefined ? [] : [cell('accuracy', row, range)]),
      ...(again ? [againText(row)] : []),
      ...model.devices.map(({ metric }) => cell(metric, row, formatMs)),
      cell('params', row, formatCount),
      cell('macs', row, formatCount),
    ]),
  );
  const more = members.length - rows.length;
  return [
    ...shown,
    ...(more > 0 ? [[span(`and ${more} more in front.csv`, 'muted')]] : []),
    ...levelText(model, members),
    ...finalistsText(model),
  ];
}

/** Which members of the front are level with its best: on so few images they may be in another order. */
function levelText({ view, row, table: { column } }: RunModel, members: readonly number[]): Block {
  const images = imagesOf(view);
  if (images === undefined) return [];
  const level = levelWithBest(
    view,
    members.map((member) => column('accuracy')[member] ?? Number.NaN),
  ).map((i) => row(members[i] as number).id);
  const measured = `95 % (│): Wilson's interval for ${formatInteger(images)} images`;
  const best = members[0] === undefined ? '' : row(members[0]).id;
  const names =
    level.length > 8 ? `${level.slice(0, 8).join(', ')} and ${level.length - 8} more` : level.join(', ');
  return [
    [
      span(
        level.length === 0
          ? measured
          : `${measured}; level with trial ${best} within its own (${marks.level}): ${names}`,
        'muted',
      ),
    ],
  ];
}

/** What the column `again` says. */
function finalistsText(model: RunModel): Block {
  const judged = finalistsIn(model);
  if (!judged) return [];
  const { later, laterRows, done, total } = judged;
  const left = done < total ? `; ${done} of ${total} evaluations are done` : '';
  const text = later
    ? `again: the mean of later evaluations; the front by them (*) has ${later.length} of ${laterRows.length}${left}`
    : `again: the mean of later evaluations${left}`;
  return [[span(text, 'muted')]];
}

/** What a run came to: its front as a plot and as a table, where it lies, and what to do next. */
export function runSummary(run: string, glyphs: Theme['glyphs']): Block {
  const model = createRunModel(readRun(run));
  model.settle();
  const { view, table: trials } = model;
  const progress = progressOf(model, view.lastAt);
  const device = model.devices[0];
  const heading = line(
    span(view.name, 'accent', { bold: true }),
    `: ${progress.phaseText}, ${progress.finished} of ${progress.budget} trials in ${formatDuration(progress.elapsedSeconds)}`,
  );
  if (trials.counts.complete === 0) return [heading, line('No trial was completed.'), ...next(model)];
  const plot =
    device &&
    frontPlot(model, {
      device,
      log: false,
      zoomed: false,
      cursor: undefined,
      marked: [],
      freshSince: Number.POSITIVE_INFINITY,
      labels: true,
    });
  return [
    heading,
    line(`${accuracyText(view)}; latency ${deployText(view)}`),
    [],
    ...(plot ? scatter({ ...plot, ...plotSize, glyphs }).block : []),
    [],
    line(
      span(`front of ${trials.front().length}`, 'accent', { bold: true }),
      `, hypervolume ${progress.hypervolume.toFixed(4)}`,
    ),
    ...frontTable(model),
    [],
    ...next(model),
  ];
}

/** The run's folder and commands to try. */
function next(model: RunModel): Block {
  const { view, table: trials } = model;
  // Whole, however long: what is cut off does not run.
  const command = (words: readonly string[], what: string): Line => {
    const text = `  ${commandLine(...words)}`;
    return [span(text.padEnd(44), 'accent'), span(` ${what}`, 'muted')];
  };
  const run = dirname(view.folder) === runsRoot() ? view.name : view.folder;
  const finished = progressOf(model, view.lastAt).phase === 'finished';
  const commands = [
    ...(finished ? [] : [command(['resume', run], 'resume it')]),
    command(['dashboard', run], 'look at every candidate'),
  ];
  if (trials.counts.complete > 0) {
    commands.push(
      command(['report', run], 'all of it as a page with plots'),
      command(['pick', run], 'one of the front: the knee, or by limits'),
    );
  }
  const row = selectedRow(model, { selected: undefined, device: 0 });
  if (row !== undefined && trials.counts.complete > 0) {
    const { id } = model.row(row);
    const trained = isReadableWeights(join(view.folder, 'weights', `${id}.safetensors`));
    commands.push(
      trained
        ? command(['eval', `${run}#${id}`], 'test accuracy of the knee of the front')
        : command(['train', `${run}#${id}`], 'train the knee of the front'),
      command(['predict', `${run}#${id}`, '--kernels'], 'where its time goes on each device'),
    );
  }
  return [line(`run      ${view.folder}`), line('next'), ...commands];
}
