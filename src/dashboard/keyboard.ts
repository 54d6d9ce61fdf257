/**
 * The ink side of the dashboard: it reads the keyboard. Loaded when the first frame is on the screen: ink
 * takes as long to load as a run of 50,000 trials to read.
 *
 * Frames go to the screen past ink, by our own painter, line by line at their place. ink's layout measures
 * every character of every frame again, five times the cost of drawing it; and its output, relative to where
 * the cursor was, writes one line too low with `incrementalRendering` (6.8, when the frame is not as tall as
 * the terminal) and flickers without.
 */
import { Writable } from 'node:stream';
import { render, useInput } from 'ink';
import { createElement } from 'react';
import { type InputEvent, readInput } from './keys.js';
import { TypedInput } from './manners/input.js';
import { showsPictures } from './manners/kitty.js';
import { isDarkAnswer } from './manners/osc.js';

type Take = (event: InputEvent) => void;

function Keyboard({ take }: { readonly take: Take }) {
  useInput((input, key) => {
    for (const event of readInput(input, key)) take(event);
  });
  return null;
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

/** Takes what is typed, clicked and turned, until the function that it returns is called. */
export function readKeyboard(
  { stdin, stdout }: { readonly stdin: NodeJS.ReadStream; readonly stdout: NodeJS.WriteStream },
  take: Take,
): () => void {
  const typed = new TypedInput(stdin, (answer) => {
    const isDark = isDarkAnswer(answer);
    if (isDark !== undefined) take({ type: 'background', isDark });
    const pictures = showsPictures(answer);
    if (pictures !== undefined) take({ type: 'pictures', pictures });
  });
  const instance = render(createElement(Keyboard, { take }), {
    stdin: typed as unknown as NodeJS.ReadStream,
    stdout: new NoOutput(stdout) as unknown as NodeJS.WriteStream,
    exitOnCtrlC: false,
    patchConsole: false,
    debug: true,
  });
  return () => {
    instance.unmount();
    typed.stop();
  };
}
