import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeCurve, decodeGenome, encodeCurve, encodeGenome } from './entries.js';
import { formatLine, parseLine } from './journal-line.js';
import { JournalReader } from './journal-reader.js';
import type { JournalLine } from './entries.js';
import type { BrokenLine } from './journal-line.js';
import { openJournal } from './journal-writer.js';
import { inTemporaryFolder, session, trialLines } from '../test-helpers/small-run.js';

test('any genome is encoded and decoded, in four characters for three genes', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (genes) => {
      const text = encodeGenome(genes);
      expect(decodeGenome(text)).toEqual(genes);
      expect(text).toHaveLength(Math.ceil(genes.length / 3) * 4);
    }),
  );
});

test('any curve is encoded and decoded', () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0); // no -0
  const point = fc.oneof(
    fc.record({ step: fc.nat(), loss: number }),
    fc.record({ step: fc.nat(), loss: number, accuracy: number }),
  );
  fc.assert(
    fc.property(fc.array(point), (curve) => {
      expect(decodeCurve(encodeCurve(curve))).toEqual(curve);
    }),
  );
  expect(
    encodeCurve([
      { step: 30, loss: 2.1 },
      { step: 60, loss: 1.8, accuracy: 0.4 },
    ]),
  ).toBe('30 2.1, 60 1.8 0.4');
});

test.each(['plainly', 'by its schema'])(
  'a line whose bytes were changed anywhere is not believed, read %s',
  (how) => {
    const line = Buffer.from(formatLine(trialLines(1, 0.5, 2)[1] ?? session, 7, 1000));
    const read = (bytes: Buffer, number: number) => {
      if (how === 'by its schema') return parseLine(bytes, 0, bytes.length - 1, number);
      const reader = new JournalReader();
      reader.lines = number - 1;
      const found: (JournalLine | BrokenLine)[] = [];
      const take = (one: JournalLine | BrokenLine) => found.push(one);
      reader.feed(bytes, take, take);
      expect(found).toHaveLength(1);
      return found[0];
    };
    expect(read(line, 7)).toMatchObject({ n: 7, t: 1000, type: 'tell', id: 1 });
    expect(read(line, 8)).toMatchObject({ line: 8, message: 'is numbered 7' });
    for (let i = 0; i < line.length - 2; i++) {
      const changed = Buffer.from(line);
      changed[i] = (changed[i] ?? 0) ^ 1;
      if (changed.indexOf(10) === line.length - 1) expect(read(changed, 7)).toMatchObject({ line: 7 });
    }
  },
);

test('a full disk is one clear error', () =>
  inTemporaryFolder((folder) => {
    const path = join(folder, 'journal.jsonl');
    writeFileSync(path, '');
    const write = () => {
      throw Object.assign(new Error('no room'), { code: 'ENOSPC' });
    };
    const journal = openJournal(path, { lines: 0, check: () => {}, write });
    expect(() => journal.append(session)).toThrow(/journal.jsonl: the disk is full/);
  }));

test('lines are numbered on from those that were there', () =>
  inTemporaryFolder((folder) => {
    const path = join(folder, 'journal.jsonl');
    writeFileSync(path, '');
    for (const lines of [0, 1, 2]) {
      const journal = openJournal(path, { lines, check: () => {} });
      journal.append(session);
      journal.close();
    }
    const numbers = readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((l) => (JSON.parse(l) as { n: number }).n);
    expect(numbers).toEqual([1, 2, 3]);
  }));

test('nothing is written after the end, into whatever file has the same number by then', () =>
  inTemporaryFolder((folder) => {
    const path = join(folder, 'journal.jsonl');
    writeFileSync(path, '');
    const journal = openJournal(path, { lines: 0, check: () => {} });
    journal.close();
    expect(() => journal.append(session)).toThrow(/closed/);
  }));
