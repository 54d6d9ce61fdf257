import fc from 'fast-check';
import { expect, test } from 'vitest';
import { trialLines, session } from '../test-helpers/small-run.js';
import type { BrokenLine } from './journal-line.js';
import { formatLine } from './journal-line.js';
import { JournalReader } from './journal-reader.js';
import { mostLineBytes } from './ranges.js';

const entries = [session, ...trialLines(0, 0.5, 2), ...trialLines(1, 0.6, 3)];
const lines = entries.map((entry, i) => Buffer.from(formatLine(entry, i + 1, 1000 + i)));

/** What a reader makes of bytes that come in these pieces. */
function read(pieces: Iterable<Buffer>) {
  const reader = new JournalReader();
  const taken: number[] = [];
  const broken: BrokenLine[] = [];
  for (const piece of pieces) {
    const own = Buffer.from(piece);
    reader.feed(
      own,
      (line) => taken.push(line.n),
      (line) => broken.push(line),
    );
    own.fill(0); // a chunk is its owner's to use again
  }
  const { bytes, lastLine, restBytes } = reader;
  return { taken, broken, bytes, lastLine, restBytes };
}

function* cut(bytes: Buffer, at: readonly number[]) {
  const ends = [...new Set(at.map((place) => place % (bytes.length + 1)))].toSorted((a, b) => a - b);
  let from = 0;
  for (const end of [...ends, bytes.length]) {
    yield bytes.subarray(from, end);
    from = end;
  }
}

test('a journal says the same in whatever pieces it comes', () => {
  const torn = (lines[0] as Buffer).subarray(0, 20);
  const wrong = Buffer.from('{"n":3}\n');
  for (const parts of [lines, [...lines, torn], [...lines.slice(0, 2), wrong, ...lines.slice(3)]]) {
    const whole = Buffer.concat(parts);
    const wanted = read([whole]);
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 12 }), (at) => {
        expect(read(cut(whole, at))).toEqual(wanted);
      }),
    );
  }
  expect(read([Buffer.concat(lines)])).toMatchObject({ taken: [1, 2, 3, 4, 5], broken: [], restBytes: 0 });
});

test('of a line that is too long its length is kept, and what follows is read', () => {
  const [first = Buffer.of(), second = Buffer.of(), third = Buffer.of()] = lines;
  const piece = Buffer.alloc(mostLineBytes / 4, 120);
  const long = [piece, piece, piece, piece, piece];
  const result = read([first, ...long, Buffer.from('\n'), third]);
  expect(result.taken).toEqual([1, 3]);
  expect(result.broken).toEqual([{ line: 2, message: expect.stringContaining('is longer than') }]);
  expect(result.bytes).toBe(first.length + 5 * piece.length + 1 + third.length);
  expect(read([first, ...long]).restBytes).toBe(5 * piece.length);
  expect(read([first, second]).taken).toEqual([1, 2]);
});
