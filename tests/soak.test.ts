/** A short soak; `npm run soak` is the long one. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { packageRoot } from '../src/base/index.js';

test('resident memory stays flat and the tensor count the same, network after network', async () => {
  const args = ['--import', 'tsx', join(packageRoot(), 'bench/soak.ts'), '--minutes', '0'];
  // An exit code other than 0 rejects, with what was printed.
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: packageRoot() });
  const verdict = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { numTensors: number[] };
  expect(verdict).toMatchObject({ flat: true, rounds: 15 });
  expect(verdict.numTensors).toHaveLength(1);
}, 600_000);
