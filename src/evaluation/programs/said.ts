/** What a program says on its standard error: as much as a reason of its failure needs. */
import type { Readable } from 'node:stream';

/** Characters that are kept. */
const kept = 2000;
const mostOfALine = 300;

/** A bar that is drawn again and again: `45%|████▌     | 9/20 [00:01<00:01, 9.1it/s]`. */
const progressBar = /^\s*(?:[^|]{0,60}:\s*)?\d{1,3}%\|.*\|/;

/** Keeps the end of what a stream says. Returns the last line of it, as a person saw it; '' where there is none. */
export function listenTo(stream: Readable): () => string {
  let text = '';
  stream.on('error', () => {}); // a pipe to a program that was ended
  stream.setEncoding('utf8').on('data', (more: string) => {
    text = (text + more).slice(-kept);
  });
  return () => {
    const lines = text.split('\n').map(overwritten).filter(Boolean);
    return (lines.findLast((line) => !progressBar.test(line)) ?? lines.at(-1) ?? '').slice(0, mostOfALine);
  };
}

/** What is to be seen of a line once `\r` has gone back to its start. */
function overwritten(line: string): string {
  return line.trim().split('\r').at(-1)?.trim() ?? '';
}
