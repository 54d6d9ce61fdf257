/** How far accuracies may be off, and what is level with the best, as the plots show it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDashboard } from '../src/dashboard/index.js';
import { runSummary } from '../src/dashboard/plain.js';
import { writeReport } from '../src/report/index.js';
import { accuracyInterval, frontOf, levelWithBest, metricOf, readRun, rulesOf } from '../src/runs/index.js';
import { makeUpRun } from './support/made-up-run.js';
import { createTerminal } from './support/terminal.js';

const root = mkdtempSync(join(tmpdir(), 'mixnas-level-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Few images, so that some members of the front are level; and a dry run, whose accuracies are of no images. */
let few: string;
let dry: string;
beforeAll(() => {
  const run = (name: string, evaluator: object) =>
    makeUpRun(root, name, { trials: 60, profiles: ['mali-g76'], config: { evaluator } }).folder;
  few = run('few', { name: 'training', steps: 400, validation: 300 });
  dry = run('dry', { name: 'synthetic' });
}, 60_000);

/** The front, and which of it is level with its most accurate. */
function frontIn(folder: string) {
  const view = readRun(folder);
  const front = frontOf(view.trials, rulesOf(view));
  const accuracies = front.map((row) => metricOf(row, 'accuracy') as number);
  const level = levelWithBest(view, accuracies).map((i) => front[i]?.id as number);
  const best = accuracyInterval(view, Math.max(...accuracies));
  return { count: front.length, level, best };
}

/** What a group of marks of a plot is called, and how many it has. */
const marksOf = (svg: string, label: string): number => {
  const group = new RegExp(`aria-label="${label}[^"]*"[^>]*>(.*?)</g>`, 's').exec(svg)?.[1] ?? '';
  return [...group.matchAll(/<(?:path|line)/g)].length;
};

test('a front plot of the report has an interval at each member, a ring around those that are level, and a legend', async () => {
  const { level, count, best } = frontIn(few);
  expect(level.length).toBeGreaterThan(0);
  await writeReport([few]);
  const svg = readFileSync(join(few, 'report-files', 'front-mali-g76.svg'), 'utf8');
  expect(marksOf(svg, 'level with the most accurate')).toBe(level.length);
  expect(marksOf(svg, 'intervals at 95 %')).toBeGreaterThan(1);
  expect(marksOf(svg, 'intervals at 95 %')).toBeLessThanOrEqual(count);
  expect(svg).toContain('>level with the best<');
  expect(svg).toContain('>interval at 95 %<');
  expect([...svg.matchAll(/Level with the most accurate/g)]).toHaveLength(level.length);
  // The axis holds the whole interval of the best, and no more than all.
  const ticks = [...svg.matchAll(/>(\d+(?:\.\d+)?)<\/text>/g)].map((match) => Number(match[1]));
  expect(Math.max(...ticks.filter((tick) => tick <= 100))).toBeLessThanOrEqual(100);
  expect(best).toBeDefined();
  const page = readFileSync(join(few, 'report.html'), 'utf8');
  expect(page).toContain('a ring marks what is level with the most accurate');
});

test('accuracies that are of no images have neither', async () => {
  await writeReport([dry]);
  const svg = readFileSync(join(dry, 'report-files', 'front-mali-g76.svg'), 'utf8');
  expect(svg).not.toMatch(/level with|interval at/i);
  const text = runSummary(dry, 'braille')
    .map((line) => line.map((part) => part.text).join(''))
    .join('\n');
  expect(text).not.toMatch(/○|level with|95 %/);
});

test('the plot of the dashboard and that after a search show them, with a legend', async () => {
  const { level } = frontIn(few);
  const terminal = createTerminal(150, 40);
  const dashboard = await openDashboard(few, { ...terminal.streams });
  try {
    await terminal.press('1');
    await terminal.waitFor('level with the best');
    const screen = (await terminal.screen()).join('\n');
    expect(screen).toContain('│ 95 % of accuracy');
    // In the plot, in its legend, and in the list of the front.
    expect([...screen.matchAll(/○/g)].length).toBeGreaterThan(level.length + 1);
  } finally {
    dashboard.close();
  }
  const summary = runSummary(few, 'braille').map((line) => line.map((part) => part.text).join(''));
  const plot = summary
    .slice(
      0,
      summary.findIndex((line) => line.startsWith('front of')),
    )
    .join('\n');
  expect([...plot.matchAll(/○/g)].length).toBeGreaterThan(0);
  expect(summary.join('\n')).toMatch(
    /95 % \(│\): Wilson's interval for 300 images; level with trial \d+ within its own \(○\)/,
  );
});
