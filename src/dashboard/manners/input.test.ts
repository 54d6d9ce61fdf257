import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isDarkAnswer } from './osc.js';
import { TypedInput } from './input.js';

/** What comes through, and what was answered, for a text in pieces. */
async function through(pieces: readonly string[]) {
  const terminal = new PassThrough();
  const answers: string[] = [];
  const typed = new TypedInput(terminal as unknown as NodeJS.ReadStream, (text) => answers.push(text));
  let out = '';
  typed.on('data', (chunk: Buffer) => (out += chunk.toString()));
  for (const piece of pieces) {
    terminal.write(piece);
    await new Promise((done) => setImmediate(done));
  }
  await new Promise((done) => setTimeout(done, 40));
  typed.stop();
  return { out, answers };
}

test('keys come again after a pause', async () => {
  const terminal = new PassThrough();
  const first = new TypedInput(terminal as unknown as NodeJS.ReadStream, () => {});
  first.stop();
  terminal.write('typed meanwhile ');
  const second = new TypedInput(terminal as unknown as NodeJS.ReadStream, () => {});
  let out = '';
  second.on('data', (chunk: Buffer) => (out += chunk.toString()));
  terminal.write('and after');
  await expect.poll(() => out).toBe('typed meanwhile and after');
  second.stop();
});

const reply = '\u001b]11;rgb:1e1e/1e1e/2e2e\u001b\\';

test('keys come through, and answers do not, wherever they are cut', async () => {
  expect(await through([`j${reply}k`])).toEqual({ out: 'jk', answers: [']11;rgb:1e1e/1e1e/2e2e'] });
  for (let at = 2; at < reply.length; at++) {
    expect(await through([`ä${reply.slice(0, at)}`, `${reply.slice(at)}é`])).toMatchObject({
      out: 'äé',
      answers: [expect.any(String)],
    });
  }
  expect(await through(['\u001b[A', '\u001b', '\u001b[<0;3;4M', '\u001b]'])).toEqual({
    out: '\u001b[A\u001b\u001b[<0;3;4M\u001b]',
    answers: [],
  });
});

test('what holds no answer comes through as it is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string(), { maxLength: 4 }), async (pieces) => {
      expect(await through(pieces)).toEqual({ out: pieces.join(''), answers: [] });
    }),
    { numRuns: 20 },
  );
});

test.each([
  [']11;rgb:0000/0000/0000', true],
  [']11;rgb:ff/ff/ff', false],
  [']11;rgba:ffff/fffa/f000/ffff', false],
  [']11;rgb:0000/0000/ffff', true],
  ['[A', undefined],
])('%j is of a dark background: %s', (text, isDark) => {
  expect(isDarkAnswer(text)).toBe(isDark);
});
