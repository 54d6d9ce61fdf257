/**
 * Records the tour of the dashboard that the documentation shows, on the recorded run: `docs/images/tour.cast` (play it
 * with `asciinema play`) and `docs/images/tour.svg`. `npm run docs:tour`; with `-- <run> <file>` of another run, into
 * `<file>.cast` and `<file>.svg`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageRoot } from '../src/base/index.js';
import { type TourStep, recordTour } from '../src/dashboard/tour/tour.js';

const typed = (text: string): TourStep[] => Array.from(text, (key): TourStep => [key, 0.08]);
const steps: readonly TourStep[] = [
  ['left', 0.7],
  ['left', 0.7],
  ['z', 1.5],
  ['/', 1],
  ...typed('accuracy > 40% and any kernel = 5'),
  ['enter', 2],
  ['enter', 2.5],
  ['pagedown', 1.5],
  ['7', 1.5],
  ['left', 0.7],
  ['left', 0.7],
  [' ', 0.7],
  ['n', 1.5],
  [' ', 0.7],
  ['v', 3],
  ['9', 3],
  ['v', 2.5],
  ['v', 2.5],
  ['4', 2],
];

const [run = join(packageRoot(), 'runs', 'example'), file = join(packageRoot(), 'docs', 'images', 'tour')] =
  process.argv.slice(2);
const { cast, svg } = recordTour(run, steps, { columns: 110, rows: 34 });
mkdirSync(dirname(file), { recursive: true });
for (const [path, text] of [
  [`${file}.cast`, cast],
  [`${file}.svg`, svg],
] as const) {
  writeFileSync(path, text);
  process.stdout.write(`${path}\n`);
}
