/** `npm run fuzz -- --runs 10000 [--seed TEXT] [kind]`: damaged files of every kind, many more than the tests try. */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '10000' }, seed: { type: 'string', default: '' } },
});
const only = positionals.length > 0 ? ['-t', positionals[0]] : [];
const { status } = spawnSync('npx', ['vitest', 'run', 'tests/fuzz.test.ts', ...only], {
  stdio: 'inherit',
  env: { ...process.env, MIXNAS_FUZZ: values.runs, MIXNAS_FUZZ_SEED: values.seed },
});
process.exitCode = status ?? 1;
