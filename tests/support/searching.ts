/** What the tests of whole searches share. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  type ConfigInput,
  type ConfigOverrides,
  parseConfig,
  search,
  type SearchHooks,
} from '../../src/app/index.js';
import { readRun } from '../../src/runs/index.js';

/** A dry run on two devices that ends within a second. */
export const dryRun: ConfigInput = {
  name: 'dry',
  evaluator: 'synthetic',
  profiles: ['mali-g76', 'adreno-640'],
  limits: { latencyMs: { 'mali-g76': 11 } },
  sampler: { name: 'nsga2', population: 8 },
  budget: { trials: 40 },
  workers: 2,
};

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mixnas-search-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Searches in a temporary folder. */
export function searchIn(
  root: string,
  config: ConfigInput,
  hooks: SearchHooks = {},
  overrides: ConfigOverrides = {},
) {
  return search(parseConfig(config, { overrides }), { root, ...hooks });
}

/** What must not depend on workers, kills or clocks: every trial in order, and the result. */
export function outcomeOf(folder: string) {
  return readRun(folder).trials.map(({ id, genome, known, values, state, origin, parents }) => ({
    id,
    genome: [...genome],
    known,
    values,
    state,
    origin,
    parents,
  }));
}
