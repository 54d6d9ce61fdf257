/**
 * Watching a search while it runs: the dashboard on a terminal, plain lines elsewhere; Ctrl-C; and what is
 * printed at the end. Both watch the run's folder, as they would for a search of another process.
 */
import { Option } from 'commander';
import { MixnasError, formatInteger } from '../../base/index.js';
import {
  canShowDashboard,
  type Dashboard,
  detectTheme,
  loadPlain,
  openDashboard,
  type PlainReporter,
} from '../../dashboard/index.js';
import { reportData } from './data-progress.js';
import { describeFailure, Interrupted } from './failure.js';
import { findNetwork } from '../find-network.js';
import { listenForInterrupt } from './interrupt.js';
import { createProgressLine, type Io, note, printBlock, printJson, ringBell } from './io.js';

type App = typeof import('../../app/index.js');
type Hooks = NonNullable<Parameters<App['search']>[1]>;
type SearchEvent = Parameters<NonNullable<Hooks['onEvent']>>[0];
type Opened = Extract<SearchEvent, { type: 'opened' }>;
type Result = Awaited<ReturnType<App['search']>>;

/** Options that `search` and `resume` share. */
export interface WatchOptions {
  /** False for `--no-tui`. */
  readonly tui: boolean;
  readonly ascii?: true;
  readonly json?: true;
  readonly logLevel?: Hooks['logLevel'];
  readonly metrics?: string;
}

/** `--log-level` of what starts a search. */
export const logLevelOption = (): Option =>
  new Option('--log-level <level>', 'how much log.jsonl of the run holds (default: info)').choices([
    'silent',
    'error',
    'warn',
    'info',
    'debug',
    'trace',
  ]);

/** `--metrics` of what starts a search. */
export const metricsOption = (): Option =>
  new Option('--metrics <port>', 'serve metrics for Prometheus at this port, or HOST:PORT');

const stopping = 'Stopping: what is finished is saved. Ctrl-C again leaves at once.';

/** Runs a search and shows it. @throws Interrupted when it was stopped, after it was saved. */
export async function watchSearch(
  io: Io,
  options: WatchOptions,
  start: (hooks: Hooks) => Promise<Result>,
): Promise<Result> {
  const plain = await loadPlain();
  let watcher: Watcher | undefined;
  const interruption = listenForInterrupt(() => {
    if (!watcher?.say(stopping)) note(io, `\n${stopping}`);
  });
  const onData = reportData(() => createProgressLine(io));
  const onEvent = (event: SearchEvent): void => {
    if (event.type === 'notice' && !watcher?.say(event.text)) note(io, event.text);
    if (event.type === 'data') onData(event.progress);
    if (event.type === 'opened') {
      const lines = () =>
        plain.reportPlainly(
          event.folder,
          (text) => note(io, text),
          () => ringBell(io),
        );
      watcher = openWatcher(io, options, event, lines, interruption.interrupt);
    }
  };
  let done: Result;
  try {
    const { logLevel, metrics } = options;
    done = await start({ onEvent, signal: interruption.signal, logLevel, metrics });
  } catch (error) {
    throw interruption.signal.aborted ? new Interrupted() : error;
  } finally {
    await watcher?.close();
    interruption.release();
  }
  if (options.json) printJson(io, done.result);
  else printBlock(io, plain.runSummary(done.folder, glyphsOf(io, options)), options);
  if (done.ended === 'interrupted') throw new Interrupted();
  if (done.complete === 0) {
    const why = done.failure === undefined ? '' : ` The last one failed: ${done.failure}`;
    throw new MixnasError('failed', `No trial of ${done.folder} is complete.${why}`);
  }
  return done;
}

const glyphsOf = (io: Io, options: WatchOptions) => detectTheme(io.stdout, io.env, options).glyphs;

interface Watcher {
  /** Shows a sentence on the dashboard; false when there is none. */
  say(text: string): boolean;
  close(): Promise<void>;
}

function openWatcher(
  io: Io,
  options: WatchOptions,
  opened: Opened,
  reportLines: () => PlainReporter,
  interrupt: () => void,
): Watcher {
  const tui = options.tui && !options.json && canShowDashboard(io.stdin, io.stdout, io.env);
  let dashboard: Dashboard | undefined;
  let plain: PlainReporter | undefined;
  let closed = false;

  const goPlain = (): void => {
    if (!closed) plain = reportLines();
  };
  const show = async (): Promise<void> => {
    dashboard = await openDashboard(opened.folder, {
      ...pick(io),
      ascii: options.ascii,
      onInterrupt: interrupt,
      findNetwork,
    });
    if (closed) dashboard.close();
    const how = await dashboard.left.catch((error: unknown) => {
      note(io, describeFailure(error, false).text);
      return 'failed';
    });
    dashboard = undefined;
    if (how === 'quit')
      note(io, `The search continues. Ctrl-C stops it; mixnas dashboard ${opened.run} shows it again.`);
    goPlain();
  };

  let shown: Promise<void> | undefined;
  if (tui) {
    shown = show();
  } else {
    note(io, startText(opened));
    goPlain();
  }
  return {
    say(text) {
      dashboard?.say(text, 'warn');
      return dashboard !== undefined;
    },
    async close() {
      closed = true;
      dashboard?.close();
      plain?.close();
      await shown;
    },
  };
}

const pick = ({ stdin, stdout, stderr, env }: Io): Io => ({ stdin, stdout, stderr, env });

function startText({ run, folder, resumed, backend, workers, finished, trials }: Opened): string {
  const state = resumed
    ? `resumes with ${formatInteger(finished)} of ${trials} trials`
    : `${formatInteger(trials)} trials`;
  return `run ${run}: ${state} on ${workers} ${workers === 1 ? 'worker' : 'workers'} (${backend}), in ${folder}`;
}
