/** The dashboard: follows a run, draws it, and lets the keys change what is drawn. */
import { dirname } from 'node:path';
import { MixnasError, messageOf, commandLine } from '../base/index.js';
import { type AlertsConfig, followRun, listRuns, readAlerts, runsRoot } from '../runs/index.js';
import { createExporter } from './choose/exporter.js';
import { createLiveAlerts } from './alerts/live-alerts.js';
import { type AlertWay, alertSequence } from './alerts/terminal-alert.js';
import type { Block, Role } from './draw/block.js';
import { exportView } from './export-view.js';
import { drawFrame, screenSize } from './frame.js';
import type { InputEvent } from './keys.js';
import { warm } from './model/candidate.js';
import { createMachineSampler } from './machine/sampler.js';
import { type PaletteName, paletteNames } from './draw/palettes.js';
import { useBindings } from './bindings.js';
import { pictureQuery } from './manners/kitty.js';
import { firstHint, isFirstRun } from './manners/first-run.js';
import { keyMapFile, loadKeyMap } from './manners/key-map.js';
import { backgroundQuery, copySequence, isDarkByEnvironment } from './manners/osc.js';
import { createRunPool } from './overlay/pool.js';
import { createRunList } from './model/run-list.js';
import { createRunModel, type GrowingModel } from './model/run-model.js';
import { screenOf } from './screens/index.js';
import type { DrawContext, Effect } from './screens/screen.js';
import { createSteering, type FindNetwork } from './steering.js';
import { initialState, type UiState } from './state.js';
import { askedPalette, detectTheme, pictureChoice, type TerminalOptions } from './terminal.js';
import { update } from './update.js';
import { openView } from './view.js';

export interface DashboardOptions extends TerminalOptions {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Lines for a screen reader instead of a full screen. */
  readonly aloud?: boolean | undefined;
  /** What Ctrl-C does instead of closing: a search stops gracefully and then closes the dashboard. */
  readonly onInterrupt?: () => void;
  /** Finds a network that is to be queued in a running search. */
  readonly findNetwork?: FindNetwork;
}

/** How a dashboard was left: by `q`, Ctrl-C, `close`, or a signal. */
export type Leaving = 'quit' | 'interrupt' | 'closed' | NodeJS.Signals;

export interface Dashboard {
  /** Rejects when the dashboard itself failed; the terminal has been put back then too. */
  readonly left: Promise<Leaving>;
  close(): void;
  /** Shows a line until the next key. */
  say(text: string, role?: Role): void;
}

/** Data are looked at this often, and drawn no more often; keys are answered at once. */
const dataEveryMs = 100;
/** How often a live run's clock and the list of runs are drawn without new data. */
const clockEveryMs = 1000;
/** Between two pieces of what is read ahead of time. */
const warmEveryMs = 30;
/** How long a terminal has to answer whether it shows pictures: over ssh, across an ocean. */
const answerMs = 2000;
/** How long the hypervolume is worked on between two polls of the keyboard. */
const settleMs = 12;

/** A run that is followed, with its model kept up to date. */
interface Followed {
  readonly model: GrowingModel;
  close(): void;
  /** Writes the cache of the run, step by step; undefined where there is nothing to write. */
  saveSteps(): Generator<undefined, boolean> | undefined;
}

function follow(run: string, onChange: () => void): Followed {
  const followed = followRun(
    run,
    (view) => {
      model.update(view);
      onChange();
    },
    { everyMs: dataEveryMs, cached: true },
  );
  const model = createRunModel(followed.view);
  return { model, close: () => followed.close(), saveSteps: () => followed.saveSteps() };
}

/** The newest run that can be read: the list of runs says what is wrong with the others. */
function followNewest(onChange: () => void): Followed {
  let problem: unknown = new MixnasError('bad-run', `There are no runs in ${runsRoot()}.`, {
    remedy: `Start one: ${commandLine('search')}`,
  });
  for (const [i, run] of listRuns().entries()) {
    try {
      return follow(run, onChange);
    } catch (error) {
      if (i === 0) problem = error;
    }
  }
  throw problem;
}

/** See `openDashboard`. The promise is kept when keys are taken; the first frame is there before. */
export async function open(run: string | undefined, options: DashboardOptions): Promise<Dashboard> {
  const { stdout } = options;
  let theme = detectTheme(stdout, options.env, options);
  const keyFile = keyMapFile(options.env);
  useBindings(keyFile === undefined ? undefined : loadKeyMap(keyFile));
  const picturesAsked = options.aloud ? 'never' : pictureChoice(options.env, options, theme);
  let pictures = picturesAsked === 'always';
  let dataAt = 0;
  const onData = (): void => {
    dataAt = performance.now();
    steering.look(followed.model.view);
    giveNotice();
    if (followed.model.behind) readAhead();
    view.redraw();
  };
  let followed = run === undefined ? followNewest(onData) : follow(run, onData);
  const runs = createRunList(dirname(followed.model.view.folder));
  const machine = createMachineSampler(() => view.redraw());
  let alerts = createLiveAlerts();
  /** Rings and says what is new. */
  function giveNotice(): void {
    const { view: run } = followed.model;
    for (const { kind, text } of alerts.look(followed.model)) {
      const sequence = alertSequence(ui.alertWay, `mixnas ${run.name}`, text, options.env);
      if (sequence !== '') stdout.write(sequence);
      tell(text, kind === 'best' ? 'good' : 'warn');
    }
  }
  const pool = createRunPool();
  /** The marked runs, those marked first in front, with the baseline before them; the shown run where none is marked. */
  function wantRuns(): void {
    const { view: shown } = followed.model;
    const names = [...new Set([...(ui.baseline === undefined ? [] : [ui.baseline]), ...ui.markedRuns])];
    const folderOf = new Map(runs.entries.map(({ name, folder }) => [name, folder]));
    const wanted = (ui.markedRuns.length === 0 ? [...names, shown.name] : names).flatMap((name) => {
      const folder = folderOf.get(name) ?? (name === shown.name ? shown.folder : undefined);
      return folder === undefined ? [] : [{ name, folder }];
    });
    pool.want([...new Map(wanted.map((one) => [one.folder, one])).values()]);
    if (ui.screen === 'overlay') readAhead();
  }
  let ui: UiState = {
    ...initialState,
    screen: run === undefined ? 'runs' : 'front',
    alertWay: wayOf(followed.model.view.config.alerts),
  };
  const { promise: left, resolve, reject } = withResolvers<Leaving>();

  const context = (): DrawContext => ({
    model: followed.model,
    runs: runs.entries,
    machine: machine.load,
    alerts: alerts.shown,
    overlaid: pool.runs,
    exports: exporter.exportsOf(followed.model.view.folder),
    ui,
    ...screenSize(stdout.columns, stdout.rows),
    glyphs: theme.glyphs,
    pictures,
    now: Date.now(),
  });
  const drawn = (from: DrawContext): Block => drawFrame(from, stdout.columns, stdout.rows);
  const draw = (): Block => drawn(context());
  const tell = (text: string, role: Role): void => {
    ui = { ...ui, message: { text, role } };
  };

  const steering = createSteering({
    model: () => followed.model,
    env: options.env,
    findNetwork: options.findNetwork,
    outside: (action) => view.outside(action),
    tell: say,
  });

  const exporter = createExporter(options.env, () => view.redraw());

  function say(text: string, role: Role = 'accent'): void {
    tell(text, role);
    view.redraw();
  }
  function openRun(folder: string): void {
    const next = follow(folder, onData);
    followed.close();
    saving = undefined;
    followed = next;
    ui = {
      ...initialState,
      screen: 'front',
      previous: 'runs',
      markedRuns: ui.markedRuns,
      baseline: ui.baseline,
      alertWay: ui.alertWay,
    };
    alerts = createLiveAlerts();
    giveNotice();
    wantRuns();
    readAhead();
  }
  function perform(effect: Effect): void {
    switch (effect.type) {
      case 'quit':
        return leave('quit');
      case 'suspend':
        return view.suspend();
      case 'redraw':
        return view.repaint();
      case 'interrupt':
        return options.onInterrupt ? options.onInterrupt() : leave('interrupt');
      case 'open-run':
        return openRun(effect.folder);
      case 'send':
        return steering.send(effect.command);
      case 'queue':
        return steering.queue(effect.network);
      case 'theme': {
        const next = paletteNames[(paletteNames.indexOf(theme.palette ?? 'any') + 1) % paletteNames.length];
        usePalette(next ?? 'any');
        return tell(`Colours: ${next}`, 'accent');
      }
      case 'copy':
        view.write(copySequence(effect.text, options.env));
        return tell(`Copied, where the terminal allows it: ${effect.text}`, 'accent');
      case 'export-network':
        return exporter.start(followed.model.view.folder, effect.trial, effect.args)
          ? tell(`Exporting trial ${effect.trial}; X stops it.`, 'accent')
          : tell('An export runs already; X stops it.', 'warn');
      case 'stop-export':
        return exporter.stop() ? tell('Stopped the export.', 'warn') : tell('No export runs.', 'warn');
      case 'edit':
        return steering.edit(effect.row);
      case 'export':
        return tell(
          `Written: ${exportView(context(), drawn({ ...context(), pictures: false }), process.cwd()).join(' and ')}`,
          'good',
        );
    }
  }
  function usePalette(palette: PaletteName): void {
    theme = { ...theme, palette };
    view.use(theme);
  }
  function onInput(event: InputEvent): void {
    if (event.type === 'background') {
      if (askedPalette(options.env, options) === undefined) usePalette(event.isDark ? 'dark' : 'light');
      return;
    }
    if (event.type === 'pictures') {
      // An answer that comes after the time is up, or again, changes nothing.
      if (!picturesWanted) return;
      picturesWanted = false;
      pictures = event.pictures;
      return view.redraw();
    }
    const { ui: next, effect } = update(event, context());
    ui = next;
    wantRuns();
    try {
      if (effect) perform(effect);
    } catch (error) {
      tell(messageOf(error), 'bad');
    }
    view.redraw();
    if (screenOf(ui.screen).unfinished?.(context())) readAhead();
  }

  /** The cache of a run that is over is written between keys, that of one that lasts when the dashboard is left. */
  let saving: Generator<undefined, boolean> | undefined;
  function saveOn(): boolean {
    if (!followed.model.view.live && !followed.model.behind) saving ??= followed.saveSteps();
    const until = performance.now() + settleMs;
    while (saving && performance.now() < until) if (saving.next().done) saving = undefined;
    return saving !== undefined;
  }
  /** Whether the terminal was asked for pictures and may still answer. */
  let picturesWanted = false;
  function askForPictures(): void {
    picturesWanted = true;
    view.write(pictureQuery);
    setTimeout(() => (picturesWanted = false), answerMs).unref();
  }
  let ahead: NodeJS.Timeout | undefined;
  let settledAt = 0;
  function readAhead(): void {
    ahead ??= setTimeout(() => {
      ahead = undefined;
      const { changed, more } = runs.refresh();
      if (changed) view.redraw();
      const settled = followed.model.settle(settleMs);
      if (settled && (!followed.model.behind || performance.now() - settledAt >= dataEveryMs)) {
        settledAt = performance.now();
        view.redraw();
      }
      const isSaving = saveOn();
      const overlaid = ui.screen === 'overlay' ? pool.work(settleMs) : { changed: false, more: false };
      if (overlaid.changed) view.redraw();
      if (alerts.behind) giveNotice();
      const unfinished = screenOf(ui.screen).unfinished?.(context()) === true;
      if (unfinished) view.redraw();
      const isBehind = followed.model.behind || alerts.behind || unfinished || overlaid.more || isSaving;
      if (warm(followed.model) || more || isBehind) readAhead();
    }, warmEveryMs);
  }
  const clock = setInterval(() => {
    if (ui.screen === 'overlay') {
      pool.look();
      readAhead();
    }
    if (ui.screen === 'progress') machine.sample(followed.model);
    if (ui.screen === 'progress') alerts.logged(readAlerts(followed.model.view.folder));
    const changed = ui.screen === 'runs' && runs.refresh().changed;
    // Once more after the last data: a screen may have put some of its work off.
    const isRecent = performance.now() - dataAt < 2 * clockEveryMs;
    if (changed || followed.model.view.live || isRecent) view.redraw();
  }, clockEveryMs);
  function stop(): void {
    clearInterval(clock);
    exporter.stop();
    clearTimeout(ahead);
    for (const steps = saving ?? followed.saveSteps(); steps; ) if (steps.next().done) break;
    followed.close();
  }
  function leave(how: Leaving): void {
    stop();
    view.close();
    resolve(how);
  }

  const view = openView({
    ...options,
    theme,
    draw,
    onInput,
    onEnd(why) {
      stop();
      if (typeof why === 'string') resolve(why);
      else reject(why);
    },
  });
  // React measures itself unless NODE_ENV says production.
  process.env['NODE_ENV'] ??= 'production';
  try {
    view.listen((await import('./keyboard.js')).readKeyboard);
    // After the keys are read: the answer is not to show.
    if (asksBackground()) view.write(backgroundQuery);
    if (picturesAsked === 'auto') askForPictures();
  } catch (error) {
    leave('closed');
    throw error;
  }
  /** Whether the terminal is asked for its background: only where colours depend on it, and keys can be its answer. */
  function asksBackground(): boolean {
    const isAsked =
      askedPalette(options.env, options) !== undefined || isDarkByEnvironment(options.env) !== undefined;
    return !isAsked && !options.aloud && theme.colours !== 'none' && options.env['TERM'] !== 'linux';
  }
  giveNotice();
  if (isFirstRun()) tell(firstHint, 'accent');
  view.redraw();
  readAhead();
  return {
    left,
    close: () => leave('closed'),
    say,
  };
}

/** How a run's config wants notice given in a terminal. */
const wayOf = (alerts: AlertsConfig | undefined): AlertWay =>
  alerts?.desktop ? 'desktop' : alerts?.bell ? 'bell' : 'off';

/** `Promise.withResolvers`, which Node 20 has not. */
function withResolvers<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
