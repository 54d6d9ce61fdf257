/** The report as a reader has it: opened in Chromium, pointed at, sorted, printed. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type Page, chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { writeReport } from '../../src/report/index.js';
import { makeUpRun } from '../support/made-up-run.js';
import { chromiumPath, flags } from './chromium.js';

const require = createRequire(import.meta.url);
let folder: string;
let report: string;
let browser: Browser;
let page: Page;
/** What the page complained of, and what it asked for apart from itself. */
let complaints: string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mixnas-browser-'));
  const run = makeUpRun(folder, 'shown', { trials: 45, profiles: ['mali-g76', 'ethos-u65'] });
  writeFileSync(join(run.folder, 'weights', '0.safetensors'), 'weights');
  report = (await writeReport([run.folder])).page;
  browser = await chromium.launch({ executablePath: chromiumPath(), args: flags });
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  complaints = [];
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.on('console', (message) => complaints.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (request.url() !== pathToFileURL(report).href)
      complaints.push(`request: ${request.url().slice(0, 80)}`);
  });
  await page.goto(pathToFileURL(report).href);
});
afterEach(async () => {
  await page.close();
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
});

const tip = () => page.locator('#tip');
const marks = () => page.locator('.plot svg').first().locator('.mark-symbol > [aria-label^="Trial"]');

test('a point that the mouse comes near says which trial it is; away from all, nothing is said', async () => {
  const plot = page.locator('.plot svg').first();
  await plot.scrollIntoViewIfNeeded();
  const point = await marks().last().boundingBox();
  if (!point) throw new Error('no point');
  await page.mouse.move(point.x + point.width / 2 + 3, point.y + point.height / 2 + 2);
  await expect.poll(() => tip().textContent()).toMatch(/^Trial \d+Accuracy [\d.]+ %Latency on mali-g76/);
  const box = await tip().boundingBox();
  expect(box && box.x >= 0 && box.x + box.width <= 1280).toBe(true);
  const frame = await plot.boundingBox();
  await page.mouse.move((frame?.x ?? 0) + 3, (frame?.y ?? 0) + 3);
  await expect.poll(() => tip().textContent()).toBe('');
});

test('the arrow keys go from point to point, Escape and leaving end it', async () => {
  const plot = page.locator('.plot svg').first();
  await plot.focus();
  await page.keyboard.press('ArrowRight');
  const first = await tip().textContent();
  await page.keyboard.press('ArrowRight');
  const second = await tip().textContent();
  expect(first).toMatch(/^(Trial|Limit|mixnet)/);
  expect(second).not.toBe(first);
  expect(await plot.locator('.current').count()).toBe(1);
  await page.keyboard.press('Escape');
  expect(await tip().textContent()).toBe('');
  expect(await plot.locator('.current').count()).toBe(0);
});

test('pressing a heading sorts the table by numbers, and says so; again the other way round', async () => {
  const heading = page.locator('#front ~ .scroll th', { hasText: 'Accuracy' });
  const column = () =>
    page.evaluate<number[]>(
      `[...document.querySelectorAll('#front ~ .scroll tbody tr')].map((row) => Number(row.cells[1].dataset.value))`,
    );
  await heading.locator('button').click();
  await heading.locator('button').click();
  expect(await heading.getAttribute('aria-sort')).toBe('ascending');
  const upwards = await column();
  expect(upwards.length).toBeGreaterThan(2);
  expect(upwards).toEqual(upwards.toSorted((a, b) => a - b));
  await heading.locator('button').press('Enter');
  expect(await heading.getAttribute('aria-sort')).toBe('descending');
  expect(await column()).toEqual(upwards.toReversed());
});

test('nothing sticks out: neither on a telephone nor on a wide screen', async () => {
  for (const width of [360, 800, 1920]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  }
});

test('printed, it is black on white, with its plots and without what only a screen can do', async () => {
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  const style = (selector: string, property: string) =>
    page.evaluate<string>(
      `getComputedStyle(document.querySelector('${selector}')).getPropertyValue('${property}')`,
    );
  expect(await style('body', 'background-color')).toBe('rgb(255, 255, 255)');
  expect(await style('nav', 'display')).toBe('none');
  expect(await style('figure', 'break-inside')).toBe('avoid');
  // A button is painted on a table's first page only; its text alone in the head of every page.
  expect(await style('th button', 'display')).toBe('contents');
  expect((await page.pdf({ format: 'A4' })).subarray(0, 4).toString()).toBe('%PDF');
});

test.each(['light', 'dark'] as const)('no rule of accessibility is broken, %s', async (colorScheme) => {
  await page.emulateMedia({ colorScheme });
  await page.addScriptTag({
    content: readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'),
  });
  const violations = await page.evaluate(
    'axe.run().then((r) => r.violations.map((v) => v.id + ": " + v.nodes.map((n) => n.html.slice(0, 120)).join(" | ")))',
  );
  expect(violations).toEqual([]);
});
