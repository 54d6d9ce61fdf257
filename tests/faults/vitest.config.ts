/** Faults of a fleet: minutes of killing and restarting, so not a part of `npm test`. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/faults/**/*.test.ts'],
    globalSetup: 'tests/support/build.ts',
    pool: 'forks',
    // One after the other: each has processes enough of its own.
    fileParallelism: false,
    // They wait for what happens, however long a busy machine takes for it.
    testTimeout: 1_800_000,
    hookTimeout: 600_000,
    env: { MIXNAS_CHILDREN: 'dist' },
  },
});
