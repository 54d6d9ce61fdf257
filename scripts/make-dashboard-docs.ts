/**
 * Brings the documentation of the dashboard up to date: the picture that the README shows, drawn from the
 * recorded run in `runs/example`, and the table of keys in `docs/dashboard.md`. `npm run docs:dashboard`;
 * with `-- <run> <screen> <file.svg>` it draws another picture and nothing else.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageRoot } from '../src/base/index.js';
import { withKeyTable } from '../src/dashboard/key-table.js';
import { dashboardPicture } from '../src/dashboard/picture.js';

const docs = join(packageRoot(), 'docs');
const [run, screen = 'front', file = `dashboard-${screen}.svg`] = process.argv.slice(2);

function draw(of: string, shown: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, dashboardPicture(of, shown, { columns: 110, rows: 34 }));
  process.stdout.write(`${path}\n`);
}

if (run === undefined) {
  draw(join(packageRoot(), 'runs', 'example'), 'front', join(docs, 'images', 'dashboard.svg'));
  const page = join(docs, 'dashboard.md');
  writeFileSync(page, withKeyTable(readFileSync(page, 'utf8')));
  process.stdout.write(`${page}\n`);
} else draw(run, screen, file);
