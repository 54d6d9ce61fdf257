/** Where Chromium is, and how it is started for tests. */
import { existsSync } from 'node:fs';

const known = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** @throws Error where there is none. */
export function chromiumPath(): string {
  const path = known.find((one) => one !== undefined && existsSync(one));
  if (path !== undefined) return path;
  throw new Error('These tests need Chromium: `apt-get install chromium`, or name one in CHROMIUM.');
}

export const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
