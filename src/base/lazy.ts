/** Libraries that most commands do without, read when they are first needed. */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Reading it takes a second. */
export function mathjs(): typeof import('mathjs') {
  return require('mathjs') as typeof import('mathjs');
}

/** Half of what the room takes to load. */
export function yaml(): typeof import('yaml') {
  return require('yaml') as typeof import('yaml');
}
