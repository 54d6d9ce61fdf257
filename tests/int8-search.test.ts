/** A search for networks that are deployed in 8-bit integers: measured, exported, shown. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportNetworks, parseConfig, search } from '../src/app/index.js';
import { writeReport } from '../src/report/index.js';
import { precisionsOf, readExports, readRun } from '../src/runs/index.js';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'mixnas-int8-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const config = (deploy: object, evaluator: object = {}) => ({
  name: 'integers',
  dataset: { name: 'textures', size: 256, classes: 4 },
  deploy: { precision: 'int8', ...deploy },
  profiles: ['mali-g76'],
  sampler: 'random',
  evaluator: { name: 'training', steps: 6, batchSize: 16, validation: 64, ...evaluator },
  budget: { trials: 2 },
  workers: 1,
});

test('the front is measured in integers when the search ends, and its files are shown with their accuracy', async () => {
  const notices: string[] = [];
  const { folder, result } = await search(parseConfig(config({})), {
    root,
    onEvent: (event) => event.type === 'notice' && notices.push(event.text),
  });
  const { trials } = readRun(folder);
  const front = new Set(result.front.map(({ trial }) => trial));
  expect(front.size).toBeGreaterThan(0);
  for (const row of trials) {
    const known = precisionsOf(row);
    if (!front.has(row.id)) continue;
    expect(known?.float).toBeCloseTo(row.values['accuracy'] ?? -1, 6);
    expect(Math.abs((known?.int8 ?? -1) - (known?.float ?? 0))).toBeLessThan(0.2);
    expect(notices.join('\n')).toContain(`trial ${row.id} in 8-bit integers: `);
  }
  const out = join(root, 'files');
  const [first] = front;
  await exportNetworks(`${folder}#${first}`, { int8: true, calibration: 'min-max', images: 20, out });
  const [entry] = readExports(folder);
  expect(entry).toMatchObject({ trial: first, format: 'tflite', precision: 'int8', images: 20 });
  // The same file again is listed once.
  await exportNetworks(`${folder}#${first}`, { int8: true, calibration: 'min-max', images: 20, out });
  expect(readExports(folder)).toHaveLength(1);
  const page = join(root, 'report.html');
  await writeReport([folder], { out: page });
  const html = readFileSync(page, 'utf8');
  expect(html).toContain('Accuracy, int8');
  expect(html).toContain('tflite int8</a>');
}, 900_000);

test('what has no weights to quantize is refused in one sentence', () => {
  const wrong = (value: object) => () => parseConfig(value);
  expect(wrong({ ...config({}), evaluator: 'synthetic' })).toThrow(
    'the synthetic evaluator leaves no trained weights to quantize',
  );
  expect(wrong(config({ precision: 'float', evaluate: 'all' }))).toThrow('`deploy.evaluate`');
});
