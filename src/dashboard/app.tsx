/**
 * The ink side of the dashboard: keys come in, frames go out. Loaded only when a dashboard opens.
 *
 * ink reads the keyboard and owns the raw mode; the frame is put on the screen by our own painter, line by
 * line at its place. ink's layout measures every character of every frame again, five times the cost of
 * drawing it; and its output, relative to where the cursor was, writes one line too low with
 * `incrementalRendering` (6.8, when the frame is not as tall as the terminal) and flickers without.
 */
import { Writable } from 'node:stream';
import { render, useInput } from 'ink';
import { useLayoutEffect, useSyncExternalStore } from 'react';
import { paintLine, type Theme } from './draw/ansi.js';
import type { Block, Line } from './draw/block.js';
import { type InputEvent, readInput } from './keys.js';
import type { Painter } from './painter.js';

/** Where the frames come from and the keys go to. */
export interface FrameSource {
  readonly subscribe: (listener: () => void) => () => void;
  /** A new block for each new frame. */
  readonly frame: () => Block;
  readonly onInput: (event: InputEvent) => void;
}

interface AppProps {
  readonly source: FrameSource;
  readonly theme: Theme;
  readonly painter: Painter;
}

function App({ source, theme, painter }: AppProps) {
  const frame = useSyncExternalStore(source.subscribe, source.frame);
  useInput((input, key) => {
    for (const event of readInput(input, key)) source.onInput(event);
  });
  useLayoutEffect(() => {
    painter.show(frame.map((line) => painted(line, theme)));
  }, [frame, theme, painter]);
  return null;
}

/** Lines that are shown again are painted once. */
const paints = new WeakMap<Line, string>();

function painted(line: Line, theme: Theme): string {
  const known = paints.get(line);
  if (known !== undefined) return known;
  const text = paintLine(line, theme);
  paints.set(line, text);
  return text;
}

/** What ink writes to: nothing of it belongs on the screen. */
class NoOutput extends Writable {
  readonly isTTY = true;

  constructor(private readonly terminal: NodeJS.WriteStream) {
    super();
  }

  get columns(): number {
    return this.terminal.columns;
  }

  get rows(): number {
    return this.terminal.rows;
  }

  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    done();
  }
}

/** Shows frames, and takes the keyboard, until the function that it returns is called. */
export function mount(
  source: FrameSource,
  theme: Theme,
  painter: Painter,
  { stdin, stdout }: { readonly stdin: NodeJS.ReadStream; readonly stdout: NodeJS.WriteStream },
): () => void {
  const instance = render(<App source={source} theme={theme} painter={painter} />, {
    stdin,
    stdout: new NoOutput(stdout) as unknown as NodeJS.WriteStream,
    exitOnCtrlC: false,
    patchConsole: false,
    debug: true,
  });
  return () => instance.unmount();
}
