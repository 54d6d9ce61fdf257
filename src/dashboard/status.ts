/** A run without a terminal to draw on: its screens as text, and as JSON for machines. */
import { alone } from './screens/screen.js';
import { followRun, readRun, type RunView } from '../runs/index.js';
import type { Theme } from './draw/ansi.js';
import { type Block, fit, type Line, lineWidth, span } from './draw/block.js';
import type { ScreenId } from './bindings.js';
import { finalistsIn } from './model/finalists.js';
import { failureReasons, progressOf } from './model/progress.js';
import { busyWorkers, createRunModel, type GrowingModel, type RunModel } from './model/run-model.js';
import { stopsBy } from './model/selection.js';
import { reportPlainly } from './plain.js';
import { screenOf } from './screens/index.js';
import { initialState } from './state.js';
import type { StatusScreen } from './status-screens.js';

/** How high a screen is drawn: what is empty of it is left out. */
const heights: Readonly<Record<StatusScreen, number>> = {
  progress: 30,
  front: 24,
  trials: 14,
  candidate: 400,
  devices: 42,
};

/** The screens of a run as text, one below the other. @throws MixnasError `bad-run` */
export function runStatus(
  run: string,
  screens: readonly StatusScreen[],
  glyphs: Theme['glyphs'],
  width: number,
): Block {
  const model = createRunModel(readRun(run));
  model.settle();
  const heading: Line = [span(model.view.name, 'accent', { bold: true }), span(`  ${headline(model)}`)];
  return [heading, ...screens.flatMap((id): Block => [[], ...drawn(model, id, glyphs, width)])];
}

function headline(model: RunModel): string {
  const { phaseText, finished, budget, hypervolume } = progressOf(model, Date.now());
  return `${phaseText}, ${finished} of ${budget} trials, hypervolume ${hypervolume.toFixed(4)}`;
}

function drawn(model: RunModel, id: StatusScreen, glyphs: Theme['glyphs'], width: number): Block {
  const height = heights[id];
  const ui = { ...initialState, screen: id satisfies ScreenId };
  const block = screenOf(id).draw({
    ...alone,
    model,
    ui,
    width,
    height,
    glyphs,
    now: Date.now(),
  });
  const isEmpty = (line: Line) => lineWidth(line) === 0 || line.every(({ text }) => text.trim() === '');
  const last = block.findLastIndex((line) => !isEmpty(line));
  // A cursor is nothing in a text.
  const plain = block.slice(0, last + 1).map((line) => line.map((part) => ({ ...part, inverse: false })));
  return plain.map((line) => (lineWidth(line) > width ? fit(line, width) : line));
}

/** One trial as a machine reads it. */
function trialJson(model: RunModel, row: number) {
  const { id, state, known, values, seconds, origin, parents, reason } = model.row(row);
  return {
    trial: id,
    state,
    values: { ...known, ...values },
    onFront: model.table.onFront(row),
    origin,
    parents,
    ...(seconds === undefined ? {} : { seconds }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** What the members of the front came to when they were evaluated again; nothing where they were not. */
function finalistsJson(model: RunModel) {
  const judged = finalistsIn(model);
  if (!judged) return {};
  const { done, total, later } = judged;
  const finalists = judged.finalists.map(({ trial, first, later: mean, deviation, seeds, onFront }) => ({
    trial,
    firstAccuracy: first,
    ...(seeds === 0 ? {} : { accuracy: mean }),
    ...(deviation === undefined ? {} : { deviation }),
    seeds,
    onFront: later !== undefined && onFront,
  }));
  return { finalists: { done, total, trials: finalists } };
}

/** What all screens show of a run, as plain data. */
export function statusJson(model: RunModel, now: number) {
  const { view, table } = model;
  const { phase, phaseText, ...progress } = progressOf(model, now);
  return {
    type: 'status' as const,
    run: view.name,
    folder: view.folder,
    state: view.paused ? 'paused' : phase,
    stateText: phaseText,
    ...progress,
    counts: table.counts,
    deploy: view.config.deploy,
    devices: model.devices.map(({ name, limitMs, metric }) => ({
      name,
      ...(limitMs === undefined ? {} : { limitMs, limitMetric: metric }),
    })),
    front: Array.from(stopsBy(model, 'accuracy', false).toReversed(), (row) => trialJson(model, row)),
    ...finalistsJson(model),
    ...(view.fleet && { fleet: view.fleet }),
    workers: busyWorkers(model).map(({ worker, host, name, trial, crashes, row }) => ({
      worker,
      ...(host === undefined ? {} : { host, name }),
      crashes,
      ...(trial === undefined ? {} : { trial, step: row?.step, steps: row?.steps }),
    })),
    failures: failureReasons(model),
    controls: view.controls.map(({ command, state, reason }) => ({
      command: shortCommand(command),
      state,
      reason,
    })),
    problems: view.problems,
  };
}

/** A command without the network that it may carry. */
const shortCommand = (command: RunView['controls'][number]['command']) =>
  command.type === 'queue' ? { type: command.type, name: command.name } : command;

/** The status of a run now. @throws MixnasError `bad-run` */
export function readStatus(run: string) {
  const model = createRunModel(readRun(run));
  model.settle();
  return statusJson(model, Date.now());
}

/** How often a followed run reports how far it is. */
const progressEveryMs = 10_000;

/** Something that happened in a followed run; the first is its whole status. */
export type StatusEvent =
  | ReturnType<typeof statusJson>
  | ({ readonly type: 'trial' } & ReturnType<typeof trialJson>)
  | { readonly type: 'control'; readonly command: object; readonly state: string; readonly reason?: string }
  | { readonly type: 'problem'; readonly text: string }
  | ({ readonly type: 'progress' } & Omit<ReturnType<typeof progressOf>, 'phase' | 'phaseText'>);

/**
 * Follows a run until it ends or the signal says to stop, and hands over what happens.
 * @throws MixnasError `bad-run` when there is no such run, or it cannot be read.
 */
export async function followStatus(
  run: string,
  take: (event: StatusEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  await untilEnd(run, signal, (model) => {
    const teller = createTeller(model, take);
    model.settle();
    take(statusJson(model, Date.now()));
    return teller;
  });
}

/** Follows a run in plain lines until it ends or the signal says to stop. */
export async function followPlainly(
  run: string,
  write: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const reporter = reportPlainly(run, write);
  try {
    await untilEnd(run, signal, () => () => {});
  } finally {
    reporter.close();
  }
}

/** @param begin returns what is called with each new view. */
async function untilEnd(
  run: string,
  signal: AbortSignal,
  begin: (model: GrowingModel) => () => void,
): Promise<void> {
  let look = (): void => {};
  let done = (): void => {};
  const followed = followRun(run, (view) => {
    model.update(view);
    look();
    if (!view.live) done();
  });
  const model = createRunModel(followed.view);
  const timer = setInterval(() => look(), 1000);
  try {
    look = begin(model);
    if (!followed.view.live || signal.aborted) return;
    await new Promise<void>((resolve) => {
      done = resolve;
      signal.addEventListener('abort', () => resolve());
    });
    signal.throwIfAborted();
  } finally {
    clearInterval(timer);
    followed.close();
  }
}

/** Reports what is new in a model at each call, and how far it is now and then. */
function createTeller(model: GrowingModel, take: (event: StatusEvent) => void): () => void {
  const reported = new Set<number>();
  const said = new Set<string>();
  let progressAt = Date.now();
  const each = (report: boolean): void => {
    for (let row = 0; row < model.table.count; row++) {
      if (reported.has(row) || model.row(row).endedAt === undefined) continue;
      reported.add(row);
      if (report) take({ type: 'trial', ...trialJson(model, row) });
    }
    for (const { id, command, state, reason } of model.view.controls) {
      if (state === 'waiting' || said.has(id)) continue;
      said.add(id);
      if (report)
        take({
          type: 'control',
          command: shortCommand(command),
          state,
          ...(reason === undefined ? {} : { reason }),
        });
    }
    for (const text of model.view.problems) {
      if (said.has(text)) continue;
      said.add(text);
      if (report) take({ type: 'problem', text });
    }
  };
  each(false);
  return () => {
    each(true);
    if (Date.now() - progressAt < progressEveryMs && model.view.live) return;
    progressAt = Date.now();
    const { phase: _, phaseText: __, ...progress } = progressOf(model, progressAt);
    take({ type: 'progress', ...progress });
  };
}
