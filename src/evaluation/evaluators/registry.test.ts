import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../base/index.js';
import { evaluatorNames, evaluatorOf, evaluatorSchema } from './index.js';

const source = join(packageRoot(), 'src');

const names = evaluatorSchema.options.map(({ shape }) => shape.name.value).join('|');
/** A branch on the name of an evaluator: by its field, or by what can only be a variable of that name. */
const branches = new RegExp(
  [
    String.raw`\bevaluator\??\.name\s*[!=]==`,
    String.raw`' in evaluator\b`,
    String.raw`switch \(evaluator(\.name)?\)`,
    String.raw`\bevaluator\w*\s*[!=]==\s*'(${names})'`,
    String.raw`'(${names})'\s*[!=]==\s*\w*[eE]valuator\b`,
  ].join('|'),
);

test.each([
  "if (config.evaluator.name === 'training') return;",
  "  if (evaluator === 'supernet')",
  "'proxy' !== evaluator",
  'switch (evaluator) {',
  "evaluatorName === 'code'",
])('is a branch on the name of an evaluator: %s', (line) => expect(line).toMatch(branches));

test('no file outside the registry asks for the name of an evaluator', () => {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.tsx?$/.test(file) && !file.endsWith('.test.ts'),
  );
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((file) => branches.test(readFileSync(join(source, file), 'utf8')))).toEqual([]);
});

test.each(evaluatorNames)('%s says where its accuracy comes from, on the data where it reads any', (name) => {
  const { describe, needsData } = evaluatorOf(evaluatorSchema.parse({ name }));
  const said = describe('cifar10 at 32x32');
  expect(said).toMatch(/^[a-z].*[^.]$/);
  if (!needsData) expect(said).not.toContain('cifar10');
});

test('training names its data and its steps', () => {
  const { describe } = evaluatorOf(evaluatorSchema.parse({ name: 'training', steps: 4000 }));
  expect(describe('cifar10 at 32x32')).toBe(
    'measured on validation images of cifar10 at 32x32, 4,000 training steps',
  );
});

test('a name alone chooses each evaluator but a command', () => {
  expect(evaluatorNames).toEqual(['training', 'pytorch', 'supernet', 'proxy', 'synthetic']);
});

test('traits follow the spec: metrics, steps, and the supernet', () => {
  const of = (spec: unknown) => evaluatorOf(evaluatorSchema.parse(spec));
  expect(of({ name: 'command', command: 'x', metrics: ['energyMj'] }).metrics).toEqual([
    'accuracy',
    'energyMj',
  ]);
  expect(of({ name: 'training', steps: 70 })).toMatchObject({
    steps: 70,
    supernet: undefined,
    inParts: true,
  });
  expect(of({ name: 'proxy' })).toMatchObject({ steps: 0, comparable: false, inParts: false });
  expect(of({ name: 'supernet', steps: 90 }).supernet?.steps).toBe(90);
});
