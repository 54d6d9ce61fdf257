import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** mathjs, read when it is first needed: reading it takes a second, and most commands do without. */
export function mathjs(): typeof import('mathjs') {
  return require('mathjs') as typeof import('mathjs');
}
