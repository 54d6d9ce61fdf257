import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type JournalEntry, type JournalLine, lineSchema } from './entries.js';
import { type BrokenLine, formatLine, parseLine } from './journal-line.js';
import { JournalReader } from './journal-reader.js';
import { PlainLines } from './plain-line.js';

/** What a reader makes of bytes in one piece. */
function read(bytes: Buffer) {
  const reader = new JournalReader();
  const taken: JournalLine[] = [];
  const broken: BrokenLine[] = [];
  reader.feed(
    bytes,
    (line) => taken.push(line),
    (line) => broken.push(line),
  );
  return { taken, broken };
}

/** Whether a line is read from its bytes alone. */
function plainly(line: Buffer): JournalLine | undefined {
  const plain = new PlainLines();
  plain.begin(line, line.toString('latin1'));
  return plain.read(0);
}

/** Without what is undefined. */
const bare = (line: unknown): unknown => JSON.parse(JSON.stringify(line));

const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer());
const odd = fc.oneof(fc.double(), fc.string(), fc.constant(null), fc.constant(-1), fc.constant(2 ** 40));
const id = fc.nat();
const text = fc.oneof(fc.string(), fc.constant('crossover'), fc.base64String());
const values = fc.dictionary(fc.oneof(text, fc.constant('accuracy')), number);
const optional = { requiredKeys: [] as [] };
const entry = fc.oneof(
  fc
    .record({ id, genome: text, known: fc.array(number), origin: text })
    .chain((its) =>
      fc.record({ parents: fc.array(id) }, optional).map((more) => ({ type: 'ask', ...its, ...more })),
    ),
  fc
    .record({
      id,
      state: fc.constantFrom('complete', 'failed'),
      values,
      seconds: fc.double({ min: 0, max: 1e9, noNaN: true }),
    })
    .chain((its) =>
      fc
        .record(
          {
            worker: fc.nat(4000),
            curve: text,
            reason: text,
            estimate: values,
            fault: fc.constantFrom('machine', 'me'),
          },
          optional,
        )
        .map((more) => ({ type: 'tell', ...its, ...more })),
    ),
  fc
    .record({ id, worker: fc.nat(4000), step: fc.nat(), steps: fc.nat() })
    .chain((its) =>
      fc
        .record({ loss: number, accuracy: number }, optional)
        .map((more) => ({ type: 'report', ...its, ...more })),
    ),
);

test('a line says from its bytes what it says by its schema, or is left to that', () => {
  let plain = 0;
  fc.assert(
    fc.property(entry, fc.nat(), fc.option(fc.tuple(text, odd)), (its, t, wrong) => {
      const fields = { ...its, ...(wrong && { [wrong[0]]: wrong[1] }) } as unknown as JournalEntry;
      const line = Buffer.from(formatLine(fields, 1, t));
      const wanted = parseLine(line, 0, line.length - 1, 1);
      const found = plainly(line);
      if (found) {
        plain++;
        expect(lineSchema.safeParse(bare(found)).success).toBe(true);
        expect(bare(found)).toEqual(bare(wanted));
      }
      const all = read(line);
      expect(bare([...all.taken, ...all.broken])).toEqual([bare(wanted)]);
    }),
    { numRuns: 2000 },
  );
  expect(plain).toBeGreaterThan(200);
});

const ask =
  '{"n":1,"t":5,"type":"ask","id":0,"genome":"AA==","known":[1],"origin":"random","c":"00000000"}\n';

test.each([
  ['a number with a zero before it', '[1]', '[01]'],
  ['a number that ends with its point', '[1]', '[1.]'],
  ['a number without digits', '[1]', '[-]'],
  ['a number without an exponent', '[1]', '[1e]'],
  ['a number beyond all numbers', '[1]', '[1e999]'],
  ['a comma at the end of a list', '[1]', '[1,]'],
  ['a list that does not end', '[1]', '[1'],
  ['an escape', 'random', 'ran\\u0064om'],
  ['a control character', 'random', 'ran\u0001dom'],
  ['a byte that is not ASCII', 'random', 'ran\u00e4om'],
  ['a field of another kind of line', '"id":0', '"id":0,"loss":1'],
  ['a field that no line has', '"id":0', '"id":0,"x":1'],
  ['a space', '"id":0', '"id": 0'],
  ['a trial beyond the last', '"id":0', '"id":2147483648'],
  ['half a trial', '"id":0', '"id":0.5'],
  ['a time after the year 9999', '"t":5', '"t":1e15'],
  ['line 0', '"n":1', '"n":0'],
  ['no genome', '"genome":"AA==",', ''],
  ['a sum in capital letters', '00000000', '0000000A'],
])('%s is not plain', (_, from, to) => {
  expect(plainly(Buffer.from(ask, 'latin1'))).toMatchObject({ type: 'ask' });
  expect(plainly(Buffer.from(ask.replace(from, to), 'latin1'))).toBeUndefined();
});

test('every number is read to the digit', () => {
  fc.assert(
    fc.property(number, (value) => {
      const line = ask.replace('[1]', `[${JSON.stringify(value)}]`);
      expect(plainly(Buffer.from(line))).toMatchObject({ known: [value + 0] });
    }),
    { numRuns: 2000 },
  );
});

const asks = (count: number, length: (i: number) => number): Buffer[] =>
  Array.from({ length: count }, (_, i) =>
    Buffer.from(
      formatLine(
        { type: 'ask', id: i, genome: 'A'.repeat(length(i)), known: [i / 7], origin: 'random' },
        i + 1,
        i,
      ),
    ),
  );

test('of a piece with a wrong line all others are taken, whatever their lengths', () => {
  const lines = asks(60, (i) => (i % 9 === 0 ? 5000 + i : (i * 7) % 90));
  expect(read(Buffer.concat(lines)).taken).toHaveLength(60);
  for (const wrong of [0, 9, 30, 59]) {
    const changed = lines.map((line, i) => (i === wrong ? Buffer.from(line).fill(66, 50, 51) : line));
    const { taken, broken } = read(Buffer.concat(changed));
    expect(broken).toEqual([{ line: wrong + 1, message: 'does not match its check sum' }]);
    expect(taken.map(({ n }) => n)).toEqual(lines.map((_, i) => i + 1).filter((n) => n !== wrong + 1));
  }
});

test('two lines that change places do not match, though the bytes are those of sound lines', () => {
  const [a, b, c] = asks(3, () => 20) as [Buffer, Buffer, Buffer];
  expect(read(Buffer.concat([b, a, c]))).toMatchObject({
    taken: [{ n: 3 }],
    broken: [{ message: 'is numbered 2' }, { message: 'is numbered 1' }],
  });
});

test('a piece of wrong lines alone takes no longer than their number says', () => {
  const lines = asks(20_000, () => 60).map((line) => Buffer.from(line).fill(66, 60, 61));
  const before = process.cpuUsage();
  expect(read(Buffer.concat(lines)).broken).toHaveLength(20_000);
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(5);
});
