/** How the dashboard behaves towards a terminal and its user: colours, keys, clipboard, voice, the demo and the tour. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { packageRoot } from '../src/base/index.js';
import { type PaletteName, palettes } from '../src/dashboard/draw/palettes.js';
import { openDashboard } from '../src/dashboard/index.js';
import { type TourStep, recordTour } from '../src/dashboard/tour/tour.js';
import { makeUpRun } from './support/made-up-run.js';
import { createTerminal, type FakeTerminal, keys, recorded, runInTerminal } from './support/terminal.js';

const root = mkdtempSync(join(tmpdir(), 'mixnas-manners-'));
let run: string;
beforeAll(() => {
  vi.stubEnv('MIXNAS_CACHE', join(root, 'cache'));
  run = makeUpRun(root, 'polite', { trials: 20 }).folder;
}, 60_000);
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

const base = { TERM: 'xterm-256color', COLORTERM: 'truecolor', LANG: 'C.UTF-8' };

async function opened(terminal: FakeTerminal, options: object = {}) {
  const dashboard = await openDashboard(run, { ...terminal.streams, ...options });
  onTestFinished(() => dashboard.close());
  await terminal.waitFor('polite');
  return dashboard;
}

const colourOf = (name: PaletteName) => `38;2;${palettes[name].front?.rgb.join(';')}m`;

describe('colours', () => {
  it.each([
    ['1e1e/1e1e/2e2e', 'dark'],
    ['ffff/ffff/ffff', 'light'],
    ['fd/f6/e3', 'light'],
  ] as const)('follow the background %s that the terminal answers (OSC 11)', async (colour, palette) => {
    const terminal = createTerminal(100, 30, base);
    const written = recorded(terminal);
    await opened(terminal);
    expect(written()).toContain('\u001b]11;?');
    expect(written()).toContain(colourOf('any'));
    await terminal.press(`\u001b]11;rgb:${colour}\u001b\\`);
    await expect.poll(written).toContain(colourOf(palette));
    // Nothing of the answer acted as a key.
    expect((await terminal.screen())[0]).toMatch(/1 Front/);
    expect((await terminal.screen()).join('')).toContain('validation accuracy');
  });

  it('are as asked for by option, variable, COLORFGBG or key, and then nothing is asked', async () => {
    for (const [env, options, palette] of [
      [{}, { theme: 'contrast' }, 'contrast'],
      [{ MIXNAS_THEME: 'light' }, {}, 'light'],
      [{ COLORFGBG: '0;15' }, {}, 'light'],
      [{ COLORFGBG: '15;0' }, {}, 'dark'],
    ] as const) {
      const terminal = createTerminal(100, 30, { ...base, ...env });
      const written = recorded(terminal);
      const dashboard = await opened(terminal, options);
      expect(written()).toContain(colourOf(palette));
      expect(written()).not.toContain('\u001b]11;?');
      await terminal.press('T');
      await terminal.waitFor('Colours: ');
      dashboard.close();
    }
  });

  const luminance = (rgb: readonly number[]): number => {
    const [r, g, b] = rgb.map((v) =>
      v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4,
    ) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  it.each([
    ['dark', 0, 4.5],
    ['light', 1, 4.5],
    ['contrast', 0, 3],
  ] as const)('of %s can be read on their background', (name, background, least) => {
    for (const [role, paint] of Object.entries(palettes[name])) {
      if (
        !paint ||
        (name === 'contrast' &&
          [
            'series0',
            'series1',
            'series2',
            'series3',
            'reference',
            'good',
            'bad',
            'limit',
            'infeasible',
          ].includes(role))
      )
        continue;
      const [a, b] = [luminance(paint.rgb), background].sort((x, y) => y - x) as [number, number];
      expect([role, (a + 0.05) / (b + 0.05) >= least]).toEqual([role, true]);
    }
  });
});

describe('keys of the user', () => {
  const withKeys = (text: string) => {
    const path = join(mkdtempSync(join(root, 'keys-')), 'keys.yaml');
    writeFileSync(path, text);
    return { ...base, MIXNAS_KEYS: path };
  };

  it('take the place of ours', async () => {
    const terminal = createTerminal(100, 30, withKeys('screen-trials: w\nquit: [Q]\n'));
    await opened(terminal);
    await terminal.press('2');
    expect((await terminal.screen()).join('')).toContain('validation accuracy');
    await terminal.press('w');
    await terminal.waitFor('1 of 20');
    expect((await terminal.screen()).at(-2)).toContain('Q quit');
  });

  it.each([
    ['quitt: Q', /`quitt` is no action of the dashboard.*quit/s],
    ['quit: 2', /2 would be both `quit` and `screen-trials`|expected string/],
    ['quit: "2"', /2 would be both `quit` and `screen-trials` on the/],
    ['- quit', /keys\.yaml/],
  ])('%j are refused in one sentence', async (text, says) => {
    const terminal = createTerminal(100, 30, withKeys(text));
    expect(await runInTerminal(terminal, 'dashboard', run)).toBe(2);
    expect((await terminal.screen()).join(' ').replaceAll(/\s+/g, ' ')).toMatch(says);
  });
});

it('copies a trial as commands take it (OSC 52), and names the run as a link (OSC 8)', async () => {
  const terminal = createTerminal(100, 30, { ...base, TERM_PROGRAM: 'WezTerm' });
  const written = recorded(terminal);
  await opened(terminal);
  await terminal.press('2', 'C');
  await terminal.waitFor('Copied');
  // oxlint-disable-next-line no-control-regex
  const copied = /\u001b\]52;c;([A-Za-z0-9+/=]+)/.exec(written())?.[1] ?? '';
  expect(Buffer.from(copied, 'base64').toString()).toBe(`${run}#19`);
  expect(written()).toContain(`\u001b]8;;file://${run}\u001b\\polite\u001b]8;;`);
  const plain = createTerminal(100, 30, base);
  const without = recorded(plain);
  await opened(plain);
  expect(without()).not.toContain('\u001b]8;;');
});

it('tells someone new about the keys, once', async () => {
  vi.stubEnv('MIXNAS_CACHE', join(root, 'new-cache'));
  onTestFinished(() => void vi.stubEnv('MIXNAS_CACHE', join(root, 'cache')));
  const first = createTerminal(100, 30, base);
  await opened(first);
  await first.waitFor('New here?');
  await first.press('2');
  expect((await first.screen()).join('')).not.toContain('New here?');
  const second = createTerminal(100, 30, base);
  await opened(second);
  expect((await second.screen()).join('')).not.toContain('New here?');
});

it('reads changes aloud for a screen reader, as lines on the screen that was there', async () => {
  const live = makeUpRun(root, 'spoken', { trials: 4, open: true, budget: 50, running: 1 });
  const terminal = createTerminal(100, 60, base);
  const written = recorded(terminal);
  const dashboard = await openDashboard(live.folder, { ...terminal.streams, aloud: true });
  onTestFinished(() => {
    dashboard.close();
    live.writer.close();
  });
  await expect.poll(written).toContain('spoken');
  expect(terminal.alternate).toBe(false);
  await terminal.press('2', 'j');
  await expect.poll(written).toMatch(/selected, \d+, /);
  live.writer.append({
    type: 'tell',
    id: 4,
    state: 'complete',
    values: { accuracy: 0.94 },
    seconds: 1,
    worker: 0,
  });
  await expect.poll(written, { timeout: 20_000 }).toContain('new best accuracy 94.00 %');
  // oxlint-disable-next-line no-control-regex
  expect(written()).not.toMatch(/\u001b|[\u2500-\u259f\u2800-\u28ff]/);
});

it('has a demo that needs no search', async () => {
  const terminal = createTerminal(100, 30, base);
  const code = runInTerminal(terminal, 'dashboard', '--demo');
  await terminal.waitFor('mixnas example');
  await terminal.press('q');
  expect(await code).toBe(0);
  expect(await runInTerminal(createTerminal(100, 30, base), 'dashboard', run, '--demo')).toBe(2);
});

it('has a tour that is the same each time, as a recording and as a picture', async () => {
  const steps: TourStep[] = [
    ['2', 1],
    ['j', 0.1],
    ['9', 1],
  ];
  const example = join(packageRoot(), 'runs', 'example');
  const size = { columns: 90, rows: 26 };
  const tour = recordTour(example, steps, size);
  expect(recordTour(example, steps, size)).toEqual(tour);
  const [head, ...events] = tour.cast
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(head).toMatchObject({ version: 2, width: 90, height: 26 });
  // Played on an emulator it is what the dashboard shows.
  const terminal = createTerminal(90, 26, base);
  let last = 0;
  for (const [at, kind, text] of events as [number, string, string][]) {
    expect(kind).toBe('o');
    expect(at).toBeGreaterThanOrEqual(last);
    last = at;
    terminal.streams.stdout.write(text);
  }
  await terminal.waitFor('9 Insight');
  expect(await terminal.wrappedRows()).toBe(0);
  expect(tour.svg.match(/<animate /g)).toHaveLength(3);
  await terminal.press(keys.escape);
});
