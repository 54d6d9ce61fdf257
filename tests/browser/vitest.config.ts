/** Tests that need Chromium: `npm run test:browser`. They are no part of `npm test`, which needs nothing. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['tests/browser/*.browser.ts'], testTimeout: 120_000, hookTimeout: 120_000 },
});
