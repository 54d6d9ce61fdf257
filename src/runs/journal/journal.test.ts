import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeCurve, decodeGenome, encodeCurve, encodeGenome } from './entries.js';
import { formatLine, parseLine } from './journal-line.js';
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

test('a line whose bytes were changed anywhere is not believed', () => {
  const line = Buffer.from(formatLine(trialLines(1, 0.5, 2)[1] ?? session, 7, 1000));
  const bare = line.subarray(0, -1);
  expect(parseLine(bare, 7)).toMatchObject({ n: 7, t: 1000, type: 'tell', id: 1 });
  expect(parseLine(bare, 8)).toMatchObject({ line: 8, message: 'is numbered 7' });
  for (let i = 0; i < bare.length - 1; i++) {
    const changed = Buffer.from(bare);
    changed[i] = (changed[i] ?? 0) ^ 1;
    expect(parseLine(changed, 7)).toMatchObject({ line: 7 });
  }
});

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
