import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { readDocument } from './document.js';
import { parseWith } from './parse.js';

const folder = mkdtempSync(join(tmpdir(), 'mixnas-document-'));
const path = join(folder, 'file.yaml');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const schema = z.strictObject({
  limits: z.strictObject({ ms: z.number().positive(), macs: z.number().optional() }),
  kernels: z.array(z.number()).optional(),
});
function parse(text: string): unknown {
  writeFileSync(path, text);
  return parseWith(schema, readDocument(path, 'bad-config'), 'file.yaml', 'bad-config');
}

test('what is wrong is named with its line, in YAML and in JSON', () => {
  expect(() => parse('# about\nlimits:\n  ms: -1\n')).toThrow('file.yaml: line 3: `limits.ms`');
  expect(() => parse('limits:\n  ms: 1\n  mac: 2\n')).toThrow('line 3: unknown key `limits.mac`');
  expect(() => parse('limits: { ms: 1 }\nkernels:\n  - 3\n  - x\n')).toThrow('line 4: `kernels[1]`');
  expect(() => parse('{\n "limits": {\n  "ms": 0 } }')).toThrow('file.yaml: line 3: `limits.ms`');
});

test('a field that is missing is looked for where the one around it stands', () => {
  expect(() => parse('# about\nlimits: {}\n')).toThrow('line 2: `limits.ms`');
  expect(() => parse('')).toThrow('file.yaml: `limits`');
});

test.each(['limits:\n  ms: 3\n', '{ "limits": { "ms": 3 } }\n'])(
  'a byte order mark and UTF-16 change nothing: %j',
  (text) => {
    const marked = `\uFEFF${text}`;
    const forms = [
      marked,
      Buffer.from(marked, 'utf16le'),
      Buffer.from(marked, 'utf16le').swap16(),
      Buffer.from(text, 'utf16le'),
    ];
    for (const form of forms) {
      writeFileSync(path, form);
      expect(readDocument(path, 'bad-config')).toEqual({ limits: { ms: 3 } });
    }
    writeFileSync(path, Buffer.from([0xff, 0xfe, 0, 0, ...Buffer.from(text)]));
    expect(() => readDocument(path, 'bad-config')).toThrow(/file\.yaml is in UTF-32/);
  },
);

test('what is no YAML is refused with line and column', () => {
  expect(() => parse('limits:\n  ms: [1\n')).toThrow(/file\.yaml: line 3, column 1: not YAML or JSON: /);
});

test('aliases without an anchor, and those that stand for thousands, are one sentence', () => {
  expect(() => parse('a: 1\nb: *nowhere\n')).toThrow('file.yaml: line 2: an alias (`*name`) whose anchor');
  expect(() => parse('limits: { ms: &a 1, macs: *a }')).not.toThrow();
  const bomb = [
    'a0: &a0 [x]',
    ...Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`),
  ];
  expect(() => parse(bomb.join('\n'))).toThrow(/not YAML or JSON: .*alias/);
});

test('JSON is read by its own parser, a large one too; a large one of YAML is refused', () => {
  const kernels = Array.from({ length: 300_000 }, () => 3);
  expect(parse(JSON.stringify({ limits: { ms: 1 }, kernels }))).toMatchObject({ limits: { ms: 1 } });
  expect(() => parse(`limits: { ms: 1 }\nkernels: [${kernels.join()}]`)).toThrow(/as YAML larger than/);
});

test('what is nested without end is refused', () => {
  expect(() => parse('['.repeat(10_000))).toThrow(/nested|not YAML/);
  expect(() => parse(`${'['.repeat(1000)}${']'.repeat(1000)}`)).toThrow(/nested deeper than 100 levels/);
  expect(() => parse('- '.repeat(20_000))).toThrow(/nested/);
});
