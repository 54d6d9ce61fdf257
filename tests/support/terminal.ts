/** A terminal in memory: streams that look like a TTY, and an emulator that shows what was written. */
import { PassThrough, Writable } from 'node:stream';
import xterm from '@xterm/headless';
import { main } from '../../src/cli/index.js';
import type { DashboardOptions } from '../../src/dashboard/index.js';

export interface FakeTerminal {
  readonly streams: Pick<DashboardOptions, 'stdin' | 'stdout' | 'stderr' | 'env'>;
  /** The rows as they stand, blanks at their ends left out. */
  screen(): Promise<string[]>;
  /** Rows that a line was wrapped into: there should never be any. */
  wrappedRows(): Promise<number>;
  /** Whether any cell has a colour of its own. */
  hasColours(): Promise<boolean>;
  readonly alternate: boolean;
  readonly rawMode: boolean;
  press(...keys: string[]): Promise<void>;
  /** Presses a key for each character. */
  type(text: string): Promise<void>;
  resize(columns: number, rows: number): Promise<void>;
  /** Waits until the screen shows `text`. */
  waitFor(text: string | RegExp): Promise<void>;
  /** All bytes written, for tests of how much that is. */
  bytes(): number;
}

export const keys = {
  up: '\u001b[A',
  down: '\u001b[B',
  right: '\u001b[C',
  left: '\u001b[D',
  enter: '\r',
  escape: '\u001b',
  tab: '\t',
  shiftTab: '\u001b[Z',
  pageDown: '\u001b[6~',
  home: '\u001b[H',
  end: '\u001b[F',
  ctrlC: '\u0003',
  wheelDown: (column: number, row: number) => `\u001b[<65;${column + 1};${row + 1}M`,
  click: (column: number, row: number) => `\u001b[<0;${column + 1};${row + 1}M`,
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export function createTerminal(
  columns: number,
  rows: number,
  env: Record<string, string> = { TERM: 'xterm-256color', COLORTERM: 'truecolor', LANG: 'C.UTF-8' },
): FakeTerminal {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
  let raw = false;
  let bytes = 0;
  const output = (): NodeJS.WriteStream => {
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        terminal.write(chunk, done);
      },
    });
    return Object.assign(stream, { isTTY: true, columns, rows }) as unknown as NodeJS.WriteStream;
  };
  const stdout = output();
  const stderr = output();
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode(on: boolean) {
      raw = on;
    },
    ref() {},
    unref() {},
  }) as unknown as NodeJS.ReadStream;
  /** Until everything written so far is on the screen. */
  const settle = async (): Promise<void> => {
    await pause(5);
    await new Promise<void>((resolve) => terminal.write('', resolve));
  };
  const buffer = () => terminal.buffer.active;
  const lines = () =>
    Array.from({ length: terminal.rows }, (_, row) => buffer().getLine(buffer().viewportY + row));
  const screen = async (): Promise<string[]> => {
    await settle();
    return lines().map((line) => line?.translateToString(true) ?? '');
  };
  const press = async (...pressed: string[]): Promise<void> => {
    for (const key of pressed) {
      (stdin as unknown as PassThrough).write(key);
      // A lone Escape is distinguished from the beginning of a sequence by the silence after it.
      await pause(key === keys.escape ? 30 : 5);
    }
    await settle();
  };
  return {
    streams: { stdin, stdout, stderr, env },
    screen,
    async wrappedRows() {
      await settle();
      return lines().filter((line) => line?.isWrapped).length;
    },
    async hasColours() {
      await settle();
      return lines().some((line) =>
        Array.from({ length: terminal.cols }, (_, i) => line?.getCell(i)).some(
          (cell) => cell !== undefined && !cell.isFgDefault(),
        ),
      );
    },
    get alternate() {
      return buffer().type === 'alternate';
    },
    get rawMode() {
      return raw;
    },
    press,
    type: (text) => press(...Array.from(text)),
    async resize(newColumns, newRows) {
      terminal.resize(newColumns, newRows);
      Object.assign(stdout, { columns: newColumns, rows: newRows });
      stdout.emit('resize');
      await settle();
    },
    async waitFor(text) {
      const end = Date.now() + 60_000;
      for (;;) {
        const shown = (await screen()).join('\n');
        if (typeof text === 'string' ? shown.includes(text) : text.test(shown)) return;
        if (Date.now() > end) throw new Error(`${String(text)} did not appear on:\n${shown}`);
        await pause(20);
      }
    },
    bytes: () => bytes,
  };
}

/** Runs `mixnas ...args` in a terminal. */
export function runInTerminal(terminal: FakeTerminal, ...args: string[]): Promise<number> {
  return main(args, terminal.streams);
}

/** Records from now on what is written to a terminal. @returns all of it. */
export function recorded(terminal: FakeTerminal): () => string {
  const written: string[] = [];
  const { stdout } = terminal.streams;
  const write = stdout.write.bind(stdout);
  stdout.write = (chunk: string) => {
    written.push(chunk);
    return write(chunk);
  };
  return () => written.join('');
}
