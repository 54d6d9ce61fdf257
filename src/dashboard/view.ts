/** A frame on a terminal: entered, drawn, resized, suspended, left. What is in the frame is not known here. */
import type { Theme } from './draw/ansi.js';
import type { Block } from './draw/block.js';
import { createFullScreen } from './full-screen.js';
import type { readKeyboard as ReadKeyboard } from './keyboard.js';
import type { InputEvent } from './keys.js';
import { createAnnouncer } from './manners/announce.js';
import { createPainter } from './painter.js';

export interface ViewOptions {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly theme: Theme;
  /** Lines for a screen reader instead of a full screen. */
  readonly aloud?: boolean | undefined;
  /** The frame as it should be now. */
  readonly draw: () => Block;
  readonly onInput: (event: InputEvent) => void;
  /** A signal that ends the process, or an error while drawing; the terminal has been put back. */
  readonly onEnd: (why: NodeJS.Signals | Error) => void;
}

export interface View {
  /** Takes the keys from now on, those first that were typed ahead. */
  listen(readKeyboard: typeof ReadKeyboard): void;
  /** Draws what is different. */
  redraw(): void;
  /** Draws everything in other colours. */
  use(theme: Theme): void;
  /** Writes what is no part of a frame. */
  write(sequence: string): void;
  /** Draws everything. */
  repaint(): void;
  /** Hands the terminal back to the shell until it continues this process. */
  suspend(): void;
  /** Hands the terminal over for the time of an action. */
  outside(action: () => void): void;
  /** Gives the terminal back for good. */
  close(): void;
}

/** How long a suspended process takes to stop. */
const suspendMs = 20;

/** Takes the terminal over and draws the first frame. */
export function openView(options: ViewOptions): View {
  const { stdout, theme, draw, onInput, onEnd } = options;
  const screen = createFullScreen(options, (signal) => end(signal), options.aloud);
  const painter = options.aloud
    ? { ...createAnnouncer((text) => stdout.write(text)), use() {}, leave() {} }
    : createPainter(theme, (text) => stdout.write(text));
  let readKeyboard: typeof ReadKeyboard | undefined;
  let stopReading: (() => void) | undefined;
  let away = false;
  let closed = false;

  function show(): void {
    if (closed) return;
    away = false;
    screen.enter();
    repaint();
    if (!closed) readKeys();
  }
  function hide(): void {
    away = true;
    stopReading?.();
    stopReading = undefined;
    painter.leave();
    screen.leave();
  }
  function readKeys(): void {
    stopReading ??= readKeyboard?.(options, onInput);
  }
  function listen(keyboard: typeof ReadKeyboard): void {
    readKeyboard = keyboard;
    if (!away && !closed) readKeys();
  }
  function redraw(): void {
    if (closed || away) return;
    try {
      painter.show(draw());
    } catch (error) {
      end(error instanceof Error ? error : new Error(String(error)));
    }
  }
  function repaint(): void {
    if (closed || away) return;
    painter.reset();
    redraw();
  }
  function outside(action: () => void): void {
    hide();
    try {
      action();
    } finally {
      show();
    }
  }
  function suspend(): void {
    hide();
    process.off('SIGTSTP', suspend);
    // The whole group, as the terminal itself would do it: npx would continue to wait otherwise.
    process.kill(0, 'SIGTSTP');
    // Runs when the process is continued; at once where nobody can stop it.
    setTimeout(() => {
      if (closed) return;
      process.on('SIGTSTP', suspend);
      show();
    }, suspendMs);
  }
  function close(): void {
    closed = true;
    stdout.off('resize', repaint);
    process.off('SIGTSTP', suspend);
    hide();
    screen.dispose();
  }
  function end(why: NodeJS.Signals | Error): void {
    close();
    onEnd(why);
  }

  stdout.on('resize', repaint);
  process.on('SIGTSTP', suspend);
  show();
  function use(next: Theme): void {
    painter.use(next);
    repaint();
  }
  function write(sequence: string): void {
    if (!closed && !away) stdout.write(sequence);
  }
  return { listen, redraw, repaint, use, write, suspend, outside, close };
}
