/** Opens the dashboard on a run folder: follows it, draws it, and lets the keys change what is drawn. */
import { MixnasError } from '../base/index.js';
import { followRun, listRuns, runsRoot } from '../runs/index.js';
import type { Block, Role } from './draw/block.js';
import { drawFrame, screenSize } from './frame.js';
import { createFullScreen } from './full-screen.js';
import type { InputEvent } from './keys.js';
import { createRunModel } from './model/run-model.js';
import { createPainter } from './painter.js';
import type { DrawContext } from './screens/screen.js';
import { initialState, type UiState } from './state.js';
import { detectTheme, type TerminalOptions } from './terminal.js';
import { update } from './update.js';

export interface DashboardOptions extends TerminalOptions {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What Ctrl-C does instead of closing: a search stops gracefully and then closes the dashboard. */
  readonly onInterrupt?: () => void;
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

/** Data are looked at this often; keys are answered at once. */
const dataEveryMs = 100;
/** A live run's clock goes on without data. */
const clockEveryMs = 1000;
/** How long a suspended process takes to stop. */
const suspendMs = 20;

function newestRun(): string {
  const [newest] = listRuns();
  if (newest !== undefined) return newest;
  throw new MixnasError('bad-run', `There are no runs in ${runsRoot()}.`, {
    remedy: 'Start one with `mixnas search`.',
  });
}

/** See `openDashboard`. */
export async function open(run: string | undefined, options: DashboardOptions): Promise<Dashboard> {
  // React measures itself unless it is told that this is no development.
  process.env['NODE_ENV'] ??= 'production';
  const { mount } = await import('./app.js');
  const { stdout } = options;
  const theme = detectTheme(stdout, options.env, options);
  const followed = followRun(
    run ?? newestRun(),
    (view) => {
      model.update(view);
      redraw();
    },
    { everyMs: dataEveryMs },
  );
  const model = createRunModel(followed.view);
  let ui: UiState = initialState;
  const context = (): DrawContext => ({
    model,
    ui,
    ...screenSize(stdout.columns, stdout.rows),
    glyphs: theme.glyphs,
    now: Date.now(),
  });

  const { promise: left, resolve, reject } = withResolvers<Leaving>();
  const screen = createFullScreen(options, (signal) => close(signal));
  const painter = createPainter((text) => stdout.write(text));
  const listeners = new Set<() => void>();
  let frame: Block = [];
  let unmount: (() => void) | undefined;

  function redraw(): void {
    try {
      frame = drawFrame(context(), stdout.columns, stdout.rows);
    } catch (error) {
      // Whatever is wrong here, a search in this process goes on.
      shut();
      reject(error);
      return;
    }
    for (const listener of listeners) listener();
  }
  function onInput(event: InputEvent): void {
    const { ui: next, effect } = update(event, context());
    ui = next;
    if (effect === 'quit') return close('quit');
    if (effect === 'suspend') return suspend();
    if (effect === 'interrupt') {
      if (!options.onInterrupt) return close('interrupt');
      options.onInterrupt();
    }
    redraw();
  }
  const source = {
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    frame: () => frame,
    onInput,
  };

  function show(): void {
    screen.enter();
    painter.reset();
    redraw();
    unmount = mount(source, theme, painter, options);
  }
  function onResize(): void {
    painter.reset();
    redraw();
  }
  function suspend(): void {
    unmount?.();
    screen.leave();
    process.off('SIGTSTP', suspend);
    // The whole group, as the terminal itself would do it: npx would go on waiting otherwise.
    process.kill(0, 'SIGTSTP');
    // Runs when the process is continued; at once where nobody can stop it.
    setTimeout(() => {
      process.on('SIGTSTP', suspend);
      show();
    }, suspendMs);
  }
  /** Gives the terminal back and stops following. */
  function shut(): void {
    clearInterval(clock);
    followed.close();
    stdout.off('resize', onResize);
    process.off('SIGTSTP', suspend);
    unmount?.();
    screen.dispose();
  }
  function close(how: Leaving): void {
    shut();
    resolve(how);
  }

  const clock = setInterval(() => {
    if (model.view.live) redraw();
  }, clockEveryMs);
  stdout.on('resize', onResize);
  process.on('SIGTSTP', suspend);
  show();
  return {
    left,
    close: () => close('closed'),
    say(text, role = 'accent') {
      ui = { ...ui, message: { text, role } };
      redraw();
    },
  };
}

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
