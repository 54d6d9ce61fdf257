/** A few kills; `npm run kills` are 120. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { packageRoot } from '../src/base/index.js';

test.runIf(process.platform === 'linux')(
  'killed at random moments, coordinator and workers, nothing is lost, doubled, different or left running',
  async () => {
    const args = ['--import', 'tsx', join(packageRoot(), 'bench/kills.ts')];
    // An exit code other than 0 rejects, with what was printed.
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...args, '--kills', '8', '--kinds', 'synthetic,command'],
      { cwd: packageRoot() },
    );
    const verdict = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as object;
    expect(verdict).toMatchObject({ sound: true, kills: 8, lost: 0, twice: 0, differing: 0, left: 0 });
  },
  300_000,
);
