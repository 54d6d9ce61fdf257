import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../base/index.js';
import { evaluatorNames, evaluatorOf, evaluatorSchema } from './index.js';

const source = join(packageRoot(), 'src');

test('no file outside the registry asks for the name of an evaluator', () => {
  const asks = /\bevaluator\??\.name\s*[!=]==|' in evaluator\b|switch \(evaluator\.name\)/;
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.tsx?$/.test(file) && !file.endsWith('.test.ts'),
  );
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((file) => asks.test(readFileSync(join(source, file), 'utf8')))).toEqual([]);
});

test('a name alone chooses each evaluator but a command', () => {
  expect(evaluatorNames).toEqual(['training', 'supernet', 'proxy', 'synthetic']);
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
