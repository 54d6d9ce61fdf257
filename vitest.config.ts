import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.{ts,tsx}', 'tests/**/*.test.{ts,tsx}'],
    // Child processes: TensorFlow's native library does not unload from a worker thread.
    pool: 'forks',
    maxWorkers: 2,
    // The command line and child processes run the build.
    globalSetup: 'tests/support/build.ts',
    testTimeout: 180_000,
    env: { TF_CPP_MIN_LOG_LEVEL: '3', MIXNAS_CHILDREN: 'dist' },
  },
});
