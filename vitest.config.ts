import { defineConfig } from 'vitest/config';

/** Rooms whose modules keep no state and start nothing: their test files share one process and its imports. */
const pure = 'src/{base,formats,hardware,metrics,models,pareto,report,search,testing}/**/*.test.{ts,tsx}';
/** The command line and child processes run the build. */
const globalSetup = 'tests/support/build.ts';

/** The least share of lines that `npm run coverage` accepts, by room; what only child processes run counts as unrun. */
const floors = {
  app: 90,
  base: 97,
  cli: 72,
  dashboard: 89,
  evaluation: 70,
  export: 93,
  formats: 93,
  hardware: 91,
  measure: 41,
  metrics: 97,
  models: 97,
  pareto: 98,
  public: 97,
  report: 95,
  runs: 96,
  search: 96,
  testing: 97,
  training: 95,
};

export default defineConfig({
  test: {
    coverage: {
      include: ['src/**/*.{ts,tsx}'],
      exclude: ['src/**/*.test.{ts,tsx}', 'src/**/test-helpers/**'],
      reporter: ['text-summary', 'html', 'json-summary'],
      thresholds: Object.fromEntries(
        Object.entries(floors).map(([room, lines]) => [`src/${room}/**`, { lines }]),
      ),
    },
    // Child processes: TensorFlow's native library does not unload from a worker thread.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 180_000,
    env: { TF_CPP_MIN_LOG_LEVEL: '3', MIXNAS_CHILDREN: 'dist' },
    projects: [
      { extends: true, test: { name: 'pure', include: [pure], isolate: false } },
      {
        extends: true,
        test: { name: 'rooms', include: ['src/**/*.test.{ts,tsx}'], exclude: [pure], globalSetup },
      },
      {
        extends: true,
        test: {
          name: 'whole',
          include: ['tests/**/*.test.{ts,tsx}'],
          // Minutes of killing and restarting: `npm run test:faults`.
          exclude: ['tests/faults/**'],
          globalSetup,
        },
      },
    ],
  },
});
