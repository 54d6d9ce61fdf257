/** The example of docs/search.md runs as it stands there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { expect, test } from 'vitest';
import { packageRoot } from '../src/base/index.js';
import { createStudy, spaceSize } from '../src/public/search.js';

type Example = (
  open: typeof createStudy,
  size: typeof spaceSize,
  console: { log(...shown: unknown[]): void },
) => void;

test('the example of docs/search.md runs and finds a front within its limits', () => {
  const page = readFileSync(join(packageRoot(), 'docs/search.md'), 'utf8');
  const code = /```ts\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  const imports = "import { createStudy, spaceSize } from 'mixnas/search';";
  expect(code).toContain(imports);
  const body = code.replace(imports, '');
  const run = runInThisContext(`(createStudy, spaceSize, console) => {${body}}`) as Example;
  const shown: unknown[][] = [];
  run(createStudy, spaceSize, { log: (...line) => shown.push(line) });
  expect(shown[0]).toEqual(['36 points']);
  const front = shown
    .slice(1, -1)
    .map(([id, params]) => ({ id, params }) as { params: { depth: number; width: number } });
  expect(front.length).toBeGreaterThan(1);
  for (const { params } of front) expect((params.depth * params.width) / 20).toBeLessThanOrEqual(10);
  expect(shown.at(-1)?.[0]).toMatchObject({ op: 'conv', kernel: 7 });
});
