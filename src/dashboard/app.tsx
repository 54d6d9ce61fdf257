/**
 * The ink side of the dashboard: keys come in, frames go out. Loaded only when a dashboard opens.
 *
 * ink is asked for each frame as a whole (its `debug` output); what of it changed is put on the screen
 * here, line by line at its place. ink's own way, relative to where the cursor was, writes one line too low
 * with `incrementalRendering` (6.8, when the frame is not as tall as the terminal) and flickers without.
 */
import { Writable } from 'node:stream';
import { Box, render, Text, useInput } from 'ink';
import { useSyncExternalStore } from 'react';
import { paintLine, type Theme } from './draw/ansi.js';
import type { Block } from './draw/block.js';
import { type InputEvent, readInput } from './keys.js';
import type { Painter } from './painter.js';

/** Where the frames come from and the keys go to. */
export interface FrameSource {
  readonly subscribe: (listener: () => void) => () => void;
  /** A new block for each new frame. */
  readonly frame: () => Block;
  readonly onInput: (event: InputEvent) => void;
}

function App({ source, theme }: { readonly source: FrameSource; readonly theme: Theme }) {
  const frame = useSyncExternalStore(source.subscribe, source.frame);
  useInput((input, key) => {
    for (const event of readInput(input, key)) source.onInput(event);
  });
  return (
    <Box flexDirection="column">
      {frame.map((line, row) => (
        // Lines have no identity but their place. An empty one would take no row.
        <Text key={row} wrap="truncate">
          {paintLine(line, theme) || ' '}
        </Text>
      ))}
    </Box>
  );
}

/** What ink writes to: every write is a frame. */
class FrameStream extends Writable {
  readonly isTTY = true;
  ended = false;

  constructor(
    private readonly terminal: NodeJS.WriteStream,
    private readonly painter: Painter,
  ) {
    super({ decodeStrings: false });
  }

  get columns(): number {
    return this.terminal.columns;
  }

  get rows(): number {
    return this.terminal.rows;
  }

  override _write(chunk: string, _encoding: string, done: () => void): void {
    if (!this.ended) this.painter.show(chunk.split('\n'));
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
  const stream = new FrameStream(stdout, painter);
  const instance = render(<App source={source} theme={theme} />, {
    stdin,
    stdout: stream as unknown as NodeJS.WriteStream,
    exitOnCtrlC: false,
    patchConsole: false,
    debug: true,
  });
  return () => {
    // ink takes its leave with a last frame and a cursor; neither belongs on the screen that stays.
    stream.ended = true;
    instance.unmount();
  };
}
