/** Builds before the tests, and again when a watched file has changed. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { packageRoot } from '../../src/base/index.js';

const build = () => {
  execFileSync(process.execPath, [join(packageRoot(), 'scripts/build.mjs')], { stdio: 'inherit' });
};

export default function setup(project: TestProject): void {
  build();
  project.onTestsRerun(build);
}
