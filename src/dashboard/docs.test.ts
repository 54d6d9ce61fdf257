import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../base/index.js';
import { bindings } from './bindings.js';
import { keyTable, withKeyTable } from './key-table.js';
import { dashboardPicture } from './picture.js';

const read = (...path: string[]) => readFileSync(join(packageRoot(), ...path), 'utf8');

it('the page about the dashboard lists the keys as they are: `npm run docs:dashboard` brings it up to date', () => {
  const page = read('docs', 'dashboard.md');
  expect(page).toBe(withKeyTable(page));
  for (const { help } of bindings) expect(keyTable()).toContain(help);
});

it('the picture in the README is that of the recorded run: `npm run docs:dashboard` draws it again', () => {
  const drawn = dashboardPicture(join(packageRoot(), 'runs', 'example'), 'front', { columns: 110, rows: 34 });
  expect(read('docs', 'images', 'dashboard.svg')).toBe(drawn);
  expect(read('README.md')).toContain('docs/images/dashboard.svg');
  expect(drawn).toContain('validation accuracy');
});

it('there is no picture of an unknown screen', () => {
  const draw = () => dashboardPicture('nowhere', 'frnt', { columns: 80, rows: 24 });
  expect(draw).toThrow(/no screen frnt: choose from front, trials/);
});
