/** Opens the dashboard on a run folder: follows it, draws it, and lets the keys change what is drawn. */
import { MixnasError } from '../base/index.js';
import { followRun, listRuns, runsRoot } from '../runs/index.js';
import type { Role } from './draw/block.js';
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
  /** What Ctrl-C does beside closing; a search stops gracefully and closes the dashboard itself. */
  readonly onInterrupt?: () => void;
}

export interface Dashboard {
  /** How it was left: `q`, Ctrl-C, a signal, or `close`. */
  readonly left: Promise<'quit' | 'interrupt' | 'closed' | NodeJS.Signals>;
  close(): void;
  /** Shows a line until the next key. */
  say(text: string, role?: Role): void;
}

/** Data are looked at this often; keys are answered at once. */
const dataEveryMs = 100;
/** A live run's clock goes on without data. */
const clockEveryMs = 1000;

function newestRun(): string {
  const [newest] = listRuns();
  if (newest !== undefined) return newest;
  throw new MixnasError('bad-run', `There are no runs in ${runsRoot()}.`, {
    remedy: 'Start one with `mixnas search`.',
  });
}

/** See `openDashboard`. */
export async function open(run: string | undefined, options: DashboardOptions): Promise<Dashboard> {
  const { stdout } = options;
  const theme = detectTheme(stdout, options.env, options);
  const listeners = new Set<() => void>();
  const followed = followRun(
    run ?? newestRun(),
    (view) => {
      model.update(view);
      redraw();
    },
    { everyMs: dataEveryMs },
  );
  const model = createRunModel(followed.view);
  // React measures itself unless it is told that this is no development.
  process.env['NODE_ENV'] ??= 'production';
  const { mount } = await import('./app.js');

  let ui: UiState = initialState;
  const context = (): DrawContext => {
    const size = screenSize(stdout.columns, stdout.rows);
    return { model, ui, ...size, glyphs: theme.glyphs, now: Date.now() };
  };
  const draw = () => drawFrame(context(), stdout.columns, stdout.rows);
  let frame = draw();
  function redraw(): void {
    frame = draw();
    for (const listener of listeners) listener();
  }

  let finish: (how: Awaited<Dashboard['left']>) => void = () => {};
  const left = new Promise<Awaited<Dashboard['left']>>((resolve) => {
    finish = resolve;
  });
  const screen = createFullScreen(options, (signal) => close(signal));
  const source = {
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    frame: () => frame,
    onInput(event: InputEvent) {
      const { ui: next, effect } = update(event, context());
      ui = next;
      if (effect === 'quit') return close('quit');
      if (effect === 'suspend') return suspend();
      if (effect === 'interrupt') {
        if (!options.onInterrupt) return close('interrupt');
        options.onInterrupt();
      }
      redraw();
    },
  };
  const painter = createPainter((text) => stdout.write(text));
  const show = (): (() => void) => {
    screen.enter();
    painter.reset();
    return mount(source, theme, painter, options);
  };
  let unmount = show();
  function onResize(): void {
    painter.reset();
    redraw();
  }
  function suspend(): void {
    unmount();
    screen.leave();
    process.off('SIGTSTP', suspend);
    // The whole group, as the terminal itself would do it: npx would go on waiting otherwise.
    process.kill(0, 'SIGTSTP');
    // Runs when the process is continued; at once where nobody can stop it.
    setTimeout(() => {
      process.on('SIGTSTP', suspend);
      frame = draw();
      unmount = show();
    }, 20);
  }
  const clock = setInterval(() => {
    if (model.view.live) redraw();
  }, clockEveryMs);
  stdout.on('resize', onResize);
  process.on('SIGTSTP', suspend);

  function close(how: Awaited<Dashboard['left']>): void {
    clearInterval(clock);
    followed.close();
    stdout.off('resize', onResize);
    process.off('SIGTSTP', suspend);
    unmount();
    screen.dispose();
    finish(how);
  }
  return {
    left,
    close: () => close('closed'),
    say(text, role = 'accent') {
      ui = { ...ui, message: { text, role } };
      redraw();
    },
  };
}
