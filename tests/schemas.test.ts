import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { schemaFiles } from '../scripts/make-schemas.js';
import { packageRoot } from '../src/base/index.js';

test.each([...schemaFiles()])('%s is what `npm run schemas` writes', (path, text) => {
  expect(readFileSync(join(packageRoot(), path), 'utf8')).toBe(text);
});
