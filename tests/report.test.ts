/** Reports on made-up runs: what is in the page, and that every odd run still gives a sensible one. */
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gatesOf, lower } from '../src/models/index.js';
import { writeReport } from '../src/report/index.js';
import { frontOf, readRun, rulesOf } from '../src/runs/index.js';
import { encodeNetwork } from '../src/training/index.js';
import { makeUpRun } from './support/made-up-run.js';
import { answerOf, runCli } from './support/run-cli.js';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'mixnas-report-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const read = (path: string) => readFileSync(path, 'utf8');

/** The trials on a run's front. */
function frontIn(folder: string): number[] {
  const view = readRun(folder);
  return frontOf(view.trials, rulesOf(view)).map(({ id }) => id);
}

/** A page without its script. */
const wordsOf = (path: string) => read(path).replace(/<script>.*<\/script>/s, '');

/** Links of a page that are not to a place in it. */
const linksOf = (page: string) =>
  [...page.matchAll(/href="([^"#][^"]*)"/g)].map((match) => match[1] as string);

test('a run gives one page that names no other host, and its plots as SVG and PNG', async () => {
  const { folder } = makeUpRun(root, 'whole', { trials: 40 });
  const kept = `${frontIn(folder)[0]}.safetensors`;
  writeFileSync(join(folder, 'weights', kept), 'weights');
  const answer = answerOf(await runCli('report', folder, '--json')) as { page: string; plots: string[] };
  expect(answer.page).toBe(join(folder, 'report.html'));
  const page = read(answer.page);
  expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  expect(page).not.toMatch(/url\(|@import/);
  expect(wordsOf(answer.page)).not.toMatch(/undefined|NaN|\[object/);
  for (const heading of [
    'The front',
    'Hypervolume',
    'Which choices matter',
    'Where the time goes',
    'How to repeat it',
  ])
    expect(page).toContain(heading);
  const files = linksOf(page).filter((target) => !target.startsWith('data:'));
  expect(files).toContain(`weights/${kept}`);
  expect(files.filter((link) => !existsSync(join(folder, decodeURIComponent(link))))).toEqual([]);
  expect(answer.plots.map((path) => basename(path))).toEqual(
    expect.arrayContaining(['front-mali-g76.svg', 'front-mali-g76.png', 'front-macs.svg', 'hypervolume.svg']),
  );
  for (const path of answer.plots) {
    if (path.endsWith('.png')) expect(readFileSync(path).subarray(1, 4).toString()).toBe('PNG');
    else
      expect(read(path)).toMatch(
        /^<svg [^>]*role="img" aria-labelledby="[^"]+"[^>]*><title id="[^>]*>[^<]+<\/title><desc /,
      );
  }
});

test('every network of the front is in the table, with its band around its latency', async () => {
  const { folder } = makeUpRun(root, 'table', { trials: 25, profiles: ['mali-g76'] });
  const { page, runs } = await writeReport([folder]);
  const rows = [...read(page).matchAll(/<tr><td class="number" data-value="(\d+)">#\1<\/td>/g)];
  expect(rows).toHaveLength(runs[0]?.front ?? -1);
  const cell = /data-value="([\d.]+)">[\d.]+ ms<small>([\d.]+) to ([\d.]+) ms</.exec(read(page)) ?? [];
  const [latency = 0, low = 0, high = 0] = cell.slice(1).map(Number);
  expect(low).toBeLessThan(latency);
  expect(high).toBeGreaterThan(latency);
});

test('the same run gives the same page and plots', async () => {
  const { folder } = makeUpRun(root, 'same', { trials: 12, profiles: ['mali-g76'] });
  const first = await writeReport([folder]);
  const before = first.plots.map((path) => readFileSync(path));
  const page = read(first.page);
  const second = await writeReport([folder]);
  expect(read(second.page)).toBe(page);
  expect(second.plots.map((path) => readFileSync(path))).toEqual(before);
});

test('a run that has finished nothing says so', async () => {
  const { folder, writer } = makeUpRun(root, 'live', { trials: 0, running: 2, budget: 30, open: true });
  try {
    const { page, plots } = await writeReport([folder]);
    expect(read(page)).toContain('No trial is finished yet');
    expect(read(page)).toContain('Still running');
    expect(plots).toEqual([]);
  } finally {
    writer.close();
  }
});

test('a torn journal, a lost profile and a broken space are named, and the rest is shown', async () => {
  const { folder } = makeUpRun(root, 'torn', { trials: 12, profiles: ['mali-g76', 'adreno-640'] });
  const journal = join(folder, 'journal.jsonl');
  truncateSync(journal, statSync(journal).size - 20);
  rmSync(join(folder, 'profiles', 'adreno-640.json'));
  writeFileSync(join(folder, 'space.json'), '{}');
  const { page, notes } = await writeReport([folder]);
  expect(notes.join('\n')).toMatch(/torn/);
  expect(notes.join('\n')).toMatch(/adreno-640/);
  expect(notes.join('\n')).toMatch(/space\.json/);
  expect(read(page)).toContain('What is missing');
  expect(read(page)).toContain('Accuracy over latency on adreno-640');
  expect(read(page)).toContain('killed, and can be resumed');
});

test('a lone trial gives a report without a claim', async () => {
  const { folder } = makeUpRun(root, 'lone', { trials: 1, profiles: ['ethos-u65'] });
  const { page } = await writeReport([folder]);
  expect(read(page)).toContain('Only one trial is finished');
  expect(wordsOf(page).match(/NaN|undefined|Infinity/)).toBeNull();
});

test('several runs are put side by side, and what makes them differ is said', async () => {
  const profiles = ['mali-g76'];
  const folders = ['one', 'two'].map(
    (name, i) => makeUpRun(root, name, { trials: 15, seed: i + 1, profiles }).folder,
  );
  const config = join(folders[1] as string, 'config.json');
  writeFileSync(config, read(config).replace('"steps": 400', '"steps": 800'));
  const out = join(root, 'comparison.html');
  const { page, plots, runs } = await writeReport(folders, { out });
  expect(page).toBe(out);
  expect(dirname(plots[0] as string)).toBe(join(root, 'comparison-files'));
  expect(runs.map(({ name }) => name)).toEqual(['one', 'two']);
  expect(read(page)).toContain('judge networks differently');
  expect(read(page)).toContain('Coverage');
  expect(read(page)).toContain('<h1>one and two</h1>');
  expect(read(page)).toContain('has the larger hypervolume');
  const twice = await writeReport([folders[0] as string, folders[0] as string], { out });
  expect(twice.runs).toHaveLength(1);
});

test('bad input is one sentence and exit code 2', async () => {
  const { folder } = makeUpRun(root, 'asked', { trials: 1, profiles: ['mali-g76'] });
  const unknown = await runCli('report', join(root, 'nobody'));
  expect([unknown.code, unknown.stdout]).toEqual([2, '']);
  expect(unknown.stderr).toContain('There is no run');
  const text = await runCli('report', folder, '--out', join(root, 'page.txt'));
  expect(text.code).toBe(2);
  expect(text.stderr).toContain('does not end in .html');
  expect(existsSync(join(root, 'page-files'))).toBe(false);
});

test('what the gates of the front did is read from its weights, and drawn by depth', async () => {
  const gated = makeUpRun(root, 'gated', { trials: 20, profiles: ['mali-g76'], gates: true });
  const without = await writeReport([gated.folder]);
  expect(read(without.page)).toContain('what these do was not recorded');
  const data = {
    spec: { name: 'cifar10' as const },
    mean: [0, 0, 0] as const,
    std: [1, 1, 1] as const,
    classes: [],
  };
  for (const { id, genome } of readRun(gated.folder).trials) {
    const architecture = gated.space.decode(genome);
    const graph = lower(architecture);
    const gates = Object.fromEntries(
      gatesOf(graph).map(({ name, groups }) => {
        const mean = Array.from({ length: groups }, (_, i) => (i === 0 ? 0.75 : 0.25 / (groups - 1)));
        return [name, { runs: mean.map(() => 1), mean, byClass: [mean] }];
      }),
    );
    const bytes = encodeNetwork({ architecture, weights: new Map(), data, gates });
    writeFileSync(join(gated.folder, 'weights', `${id}.safetensors`), bytes);
  }
  const { page, plots, notes } = await writeReport([gated.folder]);
  expect(notes).toEqual([]);
  expect(plots.map((path) => basename(path))).toContain('gates-by-depth.svg');
  const svg = read(plots.find((path) => path.endsWith('gates-by-depth.svg')) as string);
  const first = /Block \d+\.\d+: ([^.]+ %)\./.exec(svg)?.[1] ?? '';
  const shares = [...first.matchAll(/(\d+) %/g)].map((match) => Number(match[1]));
  expect(shares.length).toBeGreaterThan(1);
  expect(Math.abs(shares.reduce((a, b) => a + b, 0) - 100)).toBeLessThan(3);
  expect(shares[0]).toBeGreaterThan(60); // the smallest kernel is the first group
  expect(read(page)).toContain('Gate weights by depth');
});

test('a limit that was tightened while it ran takes what lies beyond it off the front', async () => {
  const { folder, writer } = makeUpRun(root, 'tighter', { trials: 30, profiles: ['mali-g76'], open: true });
  const front = async () => {
    const { page, runs } = await writeReport([folder]);
    const latencies = [...read(page).matchAll(/data-value="([\d.]+)">[\d.]+ ms<small>/g)].map(([, ms]) =>
      Number(ms),
    );
    const hypervolume = Number(/Hypervolume<\/dt><dd>([\d.]+)/.exec(read(page))?.[1]);
    return { page, size: runs[0]?.front, most: Math.max(...latencies), hypervolume };
  };
  const before = await front();
  const ms = before.most - 0.01;
  writer.append({
    type: 'control',
    id: '1',
    command: { type: 'limit', profile: 'mali-g76', ms },
    state: 'taken',
  });
  writer.close();
  const after = await front();
  expect(after.most).toBeLessThanOrEqual(ms);
  expect(after.size).toBeLessThan(before.size ?? 0);
  expect(read(after.page)).toMatch(/limit mali-g76 to [\d.]+ ms \(/);
  const two = makeUpRun(root, 'other', { trials: 10, seed: 3, profiles: ['mali-g76'] });
  const { page } = await writeReport([folder, two.folder], { out: join(root, 'tight.html') });
  expect(read(page)).toContain('different limits');
});
