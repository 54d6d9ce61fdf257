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

test('what is no YAML is refused with line and column', () => {
  expect(() => parse('limits:\n  ms: [1\n')).toThrow(/file\.yaml: line 3, column 1: not YAML or JSON: /);
});
