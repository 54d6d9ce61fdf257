import { defineConfig } from 'vitest/config';

/** Rooms whose modules keep no state and start nothing: their test files share one process and its imports. */
const pure = 'src/{base,formats,hardware,metrics,models,pareto,report,search,testing}/**/*.test.{ts,tsx}';
/** The command line and child processes run the build. */
const globalSetup = 'tests/support/build.ts';

export default defineConfig({
  test: {
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
          globalSetup,
        },
      },
    ],
  },
});
