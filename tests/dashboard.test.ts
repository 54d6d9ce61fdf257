import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, test, vi } from 'vitest';
import { formatMs } from '../src/base/index.js';
import { bindings, screenIds } from '../src/dashboard/bindings.js';
import { parseGpus, processOf } from '../src/dashboard/machine/sampler.js';
import { type ReadRun, compareRuns } from '../src/dashboard/overlay/measures.js';
import { createRunPool } from '../src/dashboard/overlay/pool.js';
import { openDashboard } from '../src/dashboard/index.js';
import {
  encodeGenome,
  frontOf,
  importanceOf,
  logAlert,
  readRun,
  readRunSummary,
  recordExport,
  rulesOf,
  TallyReader,
} from '../src/runs/index.js';
import { type Architecture, describeBlock, parseSpace } from '../src/models/index.js';
import { makeUpRun } from './support/made-up-run.js';
import { runCli } from './support/run-cli.js';
import { dryRun, searchIn, temporaryFolder } from './support/searching.js';
import { createTerminal, type FakeTerminal, keys, runInTerminal } from './support/terminal.js';

const root = mkdtempSync(join(tmpdir(), 'mixnas-dashboard-'));
let finished: string;

beforeAll(() => {
  finished = makeUpRun(root, 'recorded', { trials: 80 }).folder;
}, 60_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Opens the dashboard in a terminal for the time of a test. */
async function withDashboard(
  run: string,
  terminal: FakeTerminal,
  use: () => Promise<void>,
  options: { ascii?: boolean } = {},
): Promise<void> {
  const dashboard = await openDashboard(run, { ...terminal.streams, ...options });
  try {
    await terminal.waitFor('mixnas');
    await use();
  } finally {
    dashboard.close();
  }
}

describe('every screen', () => {
  const sizes = [
    [60, 16],
    [80, 24],
    [120, 40],
    [200, 60],
  ] as const;
  const styles = [
    ['true colour', { TERM: 'xterm-256color', COLORTERM: 'truecolor' }, {}],
    ['no colour', { TERM: 'xterm', NO_COLOR: '1' }, {}],
    ['16 colours, ASCII', { TERM: 'xterm' }, { ascii: true }],
    ['16 colours, block glyphs', { TERM: 'linux' }, {}],
  ] as const;
  const cases = sizes.flatMap(([columns, rows]) => styles.map((style) => [columns, rows, ...style] as const));

  it.each(cases)('fits %dx%d (%s)', async (columns, rows, _name, env, options) => {
    const terminal = createTerminal(columns, rows, { ...env, LANG: 'C.UTF-8' });
    await withDashboard(
      finished,
      terminal,
      async () => {
        for (const [i, id] of screenIds.entries()) {
          await terminal.press(String(i + 1));
          await terminal.waitFor(new RegExp(`${i + 1} ${id}`, 'i'));
          const screen = await terminal.screen();
          expect(await terminal.wrappedRows()).toBe(0);
          expect(screen[0]).toContain('recorded');
          expect(screen[1]).toContain('80 of 80 trials');
          // The last row stays free: a frame as tall as the terminal would scroll it.
          expect(screen[rows - 1]).toBe('');
          expect(screen[rows - 2]).toContain('? help');
          expect(
            screen
              .slice(2, rows - 2)
              .join('')
              .trim(),
          ).not.toBe('');
          expect(screen.join('')).toMatch('ascii' in options ? /^[\x20-\x7e]*$/ : /[^\x20-\x7e]/);
        }
        expect(await terminal.hasColours()).toBe(!('NO_COLOR' in env));
      },
      options,
    );
  });

  it('scrolls where it is higher than the terminal: devices, and the help', async () => {
    const terminal = createTerminal(60, 16);
    await withDashboard(finished, terminal, async () => {
      await terminal.press('5');
      await terminal.waitFor(/↓ \d+ more lines/);
      await terminal.press(keys.end);
      const end = (await terminal.screen()).join('\n');
      expect(end).not.toContain('more lines');
      expect(end).toContain('move by more than a third');
      expect(end).toContain('▸mali-g76');
      await terminal.press('?');
      await terminal.waitFor(/↓ \d+ more lines/);
      await terminal.press(keys.end);
      expect((await terminal.screen()).join('\n')).toContain('a search of this process');
      expect(await terminal.wrappedRows()).toBe(0);
    });
  });

  it('shows every key of its table in the help', async () => {
    const terminal = createTerminal(120, 60);
    await withDashboard(finished, terminal, async () => {
      const seen: string[] = [];
      for (const [i] of screenIds.entries()) {
        await terminal.press(String(i + 1), '?');
        seen.push(...(await terminal.screen()));
        await terminal.press('?');
      }
      for (const { help } of bindings) expect(seen.join('\n')).toContain(help);
    });
  });
});

test('a robust search is drawn, listed and limited by the upper ends of the bands, and says so', async () => {
  const { folder } = await searchIn(temporaryFolder(), { ...dryRun, robust: true });
  const view = readRun(folder);
  const front = frontOf(view.trials, rulesOf(view));
  const high = (row: (typeof front)[number]) => row.known['latencyHighMs.mali-g76'] ?? Number.NaN;
  const terminal = createTerminal(120, 40);
  await withDashboard(folder, terminal, async () => {
    await terminal.waitFor('high ms on mali-g76 at 224x224');
    const screen = (await terminal.screen()).join('\n');
    expect(screen).toContain('limit 11');
    expect(screen).toContain('high upper end of the 90 % band');
    const best = front.reduce((a, b) => ((b.values['accuracy'] ?? 0) > (a.values['accuracy'] ?? 0) ? b : a));
    expect(screen).toMatch(new RegExp(`${best.id} +[\\d.]+ % +${formatMs(high(best)).replace('.', '\\.')}`));
    await terminal.press('2');
    await terminal.waitFor('mali-g76 high ms');
  });
});

describe('keys', () => {
  it('are taken, and not shown, from the first frame on: also those typed before they can be read', async () => {
    const terminal = createTerminal(120, 40);
    terminal.streams.stdin.push('2');
    const opening = openDashboard(finished, terminal.streams);
    await terminal.waitFor('1 of 80');
    expect(terminal.rawMode).toBe(true);
    (await opening).close();
    expect(terminal.rawMode).toBe(false);
  });

  it('move the cursor over the front and open the candidate under it', async () => {
    const terminal = createTerminal(120, 40);
    await withDashboard(finished, terminal, async () => {
      const selected = async () => /trial (\d+)/.exec((await terminal.screen()).join('\n'))?.[1];
      await terminal.press(
        keys.left,
        keys.left,
        keys.left,
        keys.left,
        keys.left,
        keys.left,
        keys.left,
        keys.left,
      );
      const fastest = await selected();
      await terminal.press(keys.right);
      const next = await selected();
      expect(next).not.toBe(fastest);
      await terminal.press('h');
      expect(await selected()).toBe(fastest);
      await terminal.press(keys.enter);
      await terminal.waitFor('network at 224x224');
      expect(await selected()).toBe(fastest);
      await terminal.press(keys.escape);
      await terminal.waitFor('validation accuracy');
    });
  });

  it('sort and filter the trials, as typed, and say what a filter means that is none', async () => {
    const terminal = createTerminal(100, 30);
    await withDashboard(finished, terminal, async () => {
      await terminal.press('2', '/');
      await terminal.type('front');
      await terminal.press(keys.enter);
      const shown = (await terminal.screen()).slice(3, -4).filter((row) => row.trim() !== '');
      expect(shown.length).toBeGreaterThan(3);
      expect(shown.every((row) => row.includes('●'))).toBe(true);
      await terminal.press(keys.escape, 's');
      const accuracies = (await terminal.screen()).flatMap((row) => /(\d\d\.\d\d) %/.exec(row)?.[1] ?? []);
      expect(accuracies.length).toBeGreaterThan(10);
      expect(accuracies).toEqual(accuracies.toSorted((a, b) => Number(b) - Number(a)));
      await terminal.press('/');
      await terminal.type('speed>3');
      await terminal.waitFor('speed is neither a quantity');
    });
  });

  it('mark trials, and compare those that are marked', async () => {
    const terminal = createTerminal(120, 40);
    await withDashboard(finished, terminal, async () => {
      await terminal.press('2', ' ', ' ', '3');
      await terminal.waitFor('2 marked trials');
      expect((await terminal.screen()).join('\n')).toContain('* the best of these');
      await terminal.press('u');
      expect((await terminal.screen()).join('\n')).not.toContain('marked trials');
    });
  });

  it('export the values and the picture of a view, and overwrite nothing', async () => {
    const before = process.cwd();
    const out = mkdtempSync(join(root, 'export-'));
    const terminal = createTerminal(120, 40);
    process.chdir(out);
    try {
      await withDashboard(finished, terminal, async () => {
        await terminal.press('e');
        await terminal.waitFor('recorded-front.svg');
        await terminal.press('e');
        await terminal.waitFor('recorded-front-2.svg');
      });
    } finally {
      process.chdir(before);
    }
    const csv = readFileSync(join(out, 'recorded-front.csv'), 'utf8').trim().split('\n');
    expect(csv[0]).toContain('trial,state,front,accuracy,latencyMs.mali-g76');
    expect(csv.slice(1).every((row) => row.includes(',complete,1,'))).toBe(true);
    expect(readFileSync(join(out, 'recorded-front.svg'), 'utf8')).toContain('validation accuracy');
  });

  it.each([
    [60, 16],
    [80, 24],
    [120, 40],
  ])('compare the fronts of two runs that are marked, at %dx%d', async (columns, rows) => {
    const [one, two] = ['one', 'two'].map(
      (name, i) =>
        makeUpRun(join(root, `pair-${columns}`), name, { trials: 20, seed: i, profiles: ['mali-g76'] })
          .folder,
    ) as [string, string];
    const terminal = createTerminal(columns, rows);
    await withDashboard(two, terminal, async () => {
      await terminal.press('6');
      await terminal.waitFor(/one +ended/);
      await terminal.press(keys.home, ' ');
      await terminal.waitFor('Mark a second run');
      await terminal.press(keys.end, ' ');
      await terminal.waitFor('compared over accuracy and latency on mali-g76');
      const screen = await terminal.screen();
      const measured = (name: string) =>
        screen.map((row) => new RegExp(`^ ${name} +(\\d+) +(0\\.\\d+) +(\\d+) % `).exec(row)).find(Boolean) ??
        [];
      for (const [name, folder] of [
        ['one', one],
        ['two', two],
      ] as const) {
        const { front } = readRunSummary(folder);
        expect(Number(measured(name)[1])).toBe(front?.front.length);
        expect(Number(measured(name)[2])).toBeCloseTo(front?.hypervolume ?? Number.NaN, 4);
      }
      expect(screen.join(' ')).toContain('Covers: the share');
      expect(screen.filter((row) => /^[ ▸][ ■]?(one|two) +ended/.test(row)).length).toBeGreaterThan(0);
      expect(await terminal.wrappedRows()).toBe(0);
    });
  });

  it('open another run from the list of runs', async () => {
    makeUpRun(join(root, 'list'), 'one', { trials: 6 });
    const two = makeUpRun(join(root, 'list'), 'two', { trials: 7 });
    const terminal = createTerminal(100, 30);
    await withDashboard(two.folder, terminal, async () => {
      await terminal.press('6');
      await terminal.waitFor('one');
      const rows = await terminal.screen();
      const place = (name: string) => rows.findIndex((row) => new RegExp(`^.. ?${name} `).test(row));
      await terminal.press(place('one') < place('two') ? 'k' : 'j', keys.enter);
      await terminal.waitFor('6 of 6 trials');
      expect((await terminal.screen())[0]).toContain('mixnas one');
    });
  });

  it('come from the mouse as well', async () => {
    const terminal = createTerminal(100, 30);
    await withDashboard(finished, terminal, async () => {
      await terminal.press('2');
      const before = await terminal.screen();
      await terminal.press(keys.wheelDown(10, 10));
      const after = await terminal.screen();
      expect(after.findIndex((row) => row.startsWith('▸'))).toBe(
        before.findIndex((row) => row.startsWith('▸')) + 3,
      );
      await terminal.press(keys.click(10, 12));
      expect((await terminal.screen())[12]).toMatch(/^▸/);
      const tab = (before[0] ?? '').search(/ 1 /) + 1;
      await terminal.press(keys.click(tab, 0));
      await terminal.waitFor('validation accuracy');
    });
  });

  it('redraw only what changed', async () => {
    const terminal = createTerminal(200, 60);
    await withDashboard(finished, terminal, async () => {
      await terminal.press('2');
      const before = terminal.bytes();
      await terminal.press('j');
      expect(terminal.bytes() - before).toBeLessThan(200 * 8);
    });
  });
});

describe('the terminal', () => {
  it.each(['q', keys.ctrlC])('is what it was before, after %j', async (key) => {
    const terminal = createTerminal(80, 24);
    terminal.streams.stdout.write('$ mixnas dashboard\r\n');
    const before = await terminal.screen();
    const code = runInTerminal(terminal, 'dashboard', finished);
    await terminal.waitFor('? help');
    expect(terminal.alternate).toBe(true);
    expect(terminal.rawMode).toBe(true);
    await terminal.press(key);
    expect(await code).toBe(key === 'q' ? 0 : 130);
    expect(await terminal.screen()).toEqual(before);
    expect(terminal.alternate).toBe(false);
    expect(terminal.rawMode).toBe(false);
  });

  it('may be closed: writing to it fails then, and ends nothing before the signal does', async () => {
    const terminal = createTerminal(80, 24);
    const code = runInTerminal(terminal, 'dashboard', finished);
    await terminal.waitFor('? help');
    const { stdin, stdout, stderr } = terminal.streams;
    const gone = Object.assign(new Error('write EIO'), { code: 'EIO' });
    Object.assign(stdin, { setRawMode: () => stdin.emit('error', gone) });
    for (const stream of [stdout, stderr]) expect(() => stream.emit('error', gone)).not.toThrow();
    expect(() => stdout.emit('error', new Error('full'))).toThrow('full');
    await terminal.press('q');
    expect(await code).toBe(0);
  });

  it('may change its size at any time', async () => {
    const terminal = createTerminal(120, 40);
    await withDashboard(finished, terminal, async () => {
      for (const [columns, rows] of [
        [60, 16],
        [30, 8],
        [200, 60],
        [80, 24],
      ] as const) {
        await terminal.resize(columns, rows);
        const screen = await terminal.screen();
        expect(screen[0]).toContain('mixnas');
        expect(screen[rows - 1]).toBe('');
        expect(await terminal.wrappedRows()).toBe(0);
        expect(screen.join('')).toContain(columns >= 60 ? '? help' : 'needs 40x12');
      }
    });
  });

  it('must be one: else the command says so', async () => {
    const terminal = createTerminal(80, 24, { TERM: 'dumb' });
    expect(await runInTerminal(terminal, 'dashboard', finished)).toBe(2);
    expect((await terminal.screen()).join('\n')).toContain('needs a terminal');
  });
});

describe('a search that runs', () => {
  /** A run that is being written; `answer` takes or refuses what was asked, as a search does. */
  const liveRun = (name: string) => {
    const run = makeUpRun(root, name, { trials: 9, open: true, budget: 100, running: 2 });
    const answer = (reason?: string): void => {
      for (const { id, command } of run.writer.requests()) {
        const outcome =
          reason === undefined ? { state: 'taken' as const } : { state: 'refused' as const, reason };
        run.writer.append({ type: 'control', id, command, ...outcome });
      }
    };
    return { ...run, answer };
  };

  it('is steered, and each key shows when the search has taken it', async () => {
    const run = liveRun('steered');
    const terminal = createTerminal(120, 40);
    await withDashboard(run.folder, terminal, async () => {
      await terminal.press('4', 'p');
      await terminal.waitFor('Asked: pause');
      await terminal.waitFor('waiting for the search');
      run.answer();
      await terminal.waitFor('Taken: pause');
      await terminal.waitFor(/paused · 9 of 100/);
      await terminal.waitFor(/✓ pause  taken after/);
      await terminal.press('b');
      await terminal.type('soon');
      await terminal.press(keys.enter);
      await terminal.waitFor('expected a number of trials');
      await terminal.press(keys.escape, 'b');
      await terminal.type('150');
      await terminal.press(keys.enter);
      run.answer();
      await terminal.waitFor(/9 of 150 trials/);
      await terminal.press('L');
      await terminal.waitFor('limit: mali-g76=');
      await terminal.type('0.01');
      await terminal.press(keys.enter);
      run.answer('nothing in the space is so fast');
      await terminal.waitFor('Refused: limit mali-g76 to 0.0100 ms: nothing in the space is so fast');
      await terminal.press('x', 'n', keys.enter);
      expect(run.writer.requests()).toEqual([]);
      await terminal.press('x', 'y', keys.enter);
      expect(run.writer.requests()).toMatchObject([{ command: { type: 'stop' } }]);
    });
    run.writer.close();
  });

  it('is given an edited candidate, and a tighter limit moves the line and the front', async () => {
    const run = liveRun('edited');
    const terminal = createTerminal(120, 40, {
      TERM: 'xterm-256color',
      LANG: 'C.UTF-8',
      EDITOR: `sed -i 's/"classes": 10,/"classes": 12,/'`,
    });
    await withDashboard(run.folder, terminal, async () => {
      await terminal.press('2', 'E');
      await terminal.waitFor(/Asked: queue trial \d+, edited/);
      expect(terminal.alternate).toBe(true);
      expect(run.writer.requests()).toMatchObject([{ command: { architecture: { classes: 12 } } }]);
      const slowest = /mali-g76 +([\d.]+) ms/;
      await terminal.press('1', keys.end);
      const before = Number(slowest.exec((await terminal.screen()).join('\n'))?.[1]);
      await terminal.press('L');
      await terminal.waitFor(/tighter than now: mali-g76 [\d.]+ ms/);
      await terminal.type((before - 0.5).toFixed(2));
      await terminal.press(keys.enter);
      run.answer();
      await terminal.waitFor(`limit ${Number((before - 0.5).toFixed(2))}`.slice(0, 9));
      await terminal.press(keys.home, keys.end);
      expect(Number(slowest.exec((await terminal.screen()).join('\n'))?.[1])).toBeLessThan(before);
    });
    run.writer.close();
  });

  it('that does not run cannot be steered, and the keys say so', async () => {
    const terminal = createTerminal(120, 40);
    await withDashboard(finished, terminal, async () => {
      await terminal.press('p');
      const said = (await terminal.screen()).join('\n');
      expect(said).toMatch(/No search runs here; (npx )?mixnas resume recorded resumes it\./);
    });
  });
});

describe('a run folder', () => {
  it('has no idle worker while a trial begins', async () => {
    const run = makeUpRun(root, 'begins', { trials: 3, running: 1, open: true });
    const [last] = readRun(run.folder).trials.slice(-1);
    const terminal = createTerminal(120, 40);
    await withDashboard(run.folder, terminal, async () => {
      await terminal.press('4');
      await terminal.waitFor(/worker 1 +idle/);
      expect((await terminal.screen()).join('\n')).toMatch(/worker 0 .*trial 3/);
      const genome = encodeGenome(last?.genome ?? []);
      run.writer.append({ type: 'ask', id: 4, genome, known: [1, 2, 3, 4, 5, 6], origin: 'random' });
      await terminal.waitFor(/worker 1 +begins a trial/);
    });
    run.writer.close();
  });

  it('that grows is followed', async () => {
    const run = makeUpRun(root, 'growing', { trials: 5, open: true, budget: 100 });
    const terminal = createTerminal(80, 24);
    await withDashboard(run.folder, terminal, async () => {
      await terminal.waitFor('5 of 100 trials');
      run.addTrial();
      await terminal.waitFor('6 of 100 trials');
      expect((await terminal.screen())[1]).toContain('running');
    });
    run.writer.close();
  });

  it('that is torn, cut shorter, gone or back is shown as what it is', async () => {
    const run = makeUpRun(root, 'troubled', { trials: 20 });
    const journal = join(run.folder, 'journal.jsonl');
    appendFileSync(journal, '{"n":99,"t":17');
    const terminal = createTerminal(120, 40);
    await withDashboard(run.folder, terminal, async () => {
      await terminal.press('4');
      await terminal.waitFor('torn');
      truncateSync(journal, 3000);
      await terminal.waitFor(/[1-5] of 20 trials/);
      renameSync(run.folder, `${run.folder}-away`);
      await terminal.waitFor('vanished');
      renameSync(`${run.folder}-away`, run.folder);
      await terminal.waitFor(/^(?![\s\S]*vanished)[\s\S]*torn/);
      expect((await terminal.screen())[1]).toContain('of 20 trials');
    });
  });

  it('that is torn while nobody writes it is called torn at once', async () => {
    const run = makeUpRun(root, 'half-written', { trials: 5 });
    const terminal = createTerminal(120, 40);
    await withDashboard(run.folder, terminal, async () => {
      await terminal.press('4');
      await terminal.waitFor('5 of 5 trials');
      expect((await terminal.screen()).join('\n')).not.toContain('torn');
      appendFileSync(join(run.folder, 'journal.jsonl'), '{"n":99,"t":17');
      await terminal.waitFor('The last journal line is torn');
    });
  });

  it('whose clock jumps back and forth is shown without a crash, and no time is negative', async () => {
    const run = makeUpRun(root, 'jumping', { trials: 5, open: true, budget: 100, running: 1 });
    const now = Date.now;
    try {
      for (const hours of [-48, 72, -1]) {
        Date.now = () => now() + hours * 3_600_000;
        run.addTrial();
      }
    } finally {
      Date.now = now;
    }
    const terminal = createTerminal(120, 40);
    await withDashboard(run.folder, terminal, async () => {
      for (const [i] of screenIds.entries()) {
        await terminal.press(String(i + 1));
        const screen = (await terminal.screen()).join('\n');
        expect(screen).toContain('8 of 100 trials');
        expect(screen).not.toMatch(/NaN|undefined|Infinity|-\d+ (s|min|h)\b/);
      }
    });
    run.writer.close();
  });

  it('shows in the list of runs how many trials are asked for now', async () => {
    const run = makeUpRun(join(root, 'asked'), 'more', { trials: 4, open: true, budget: 50 });
    run.writer.append({
      type: 'control',
      id: '1',
      command: { type: 'trials', trials: 75 },
      state: 'taken',
    });
    expect(readRunSummary(run.folder)).toMatchObject({ trials: 75, config: { budget: { trials: 50 } } });
    const tally = new TallyReader(run.folder);
    expect(tally.read()).toEqual({ trials: 75, finished: 4 });
    run.writer.append({ type: 'control', id: '2', command: { type: 'trials', trials: 2 }, state: 'refused' });
    run.writer.append({
      type: 'control',
      id: '3',
      command: { type: 'trials', trials: 60 },
      state: 'taken',
    });
    run.addTrial();
    expect(tally.read()).toEqual({ trials: 60, finished: 5 });
    run.writer.close();
  });

  it('without a front.json is listed with the front that its journal gives', async () => {
    const folder = join(root, 'unwritten');
    const run = makeUpRun(folder, 'killed', { trials: 12 });
    makeUpRun(folder, 'empty', { trials: 0, budget: 5 });
    const { front, finished: ended } = readRunSummary(run.folder);
    const rows = readRun(run.folder);
    expect(ended).toBe(12);
    expect(front?.front.map(({ trial }) => trial)).toEqual(
      frontOf(rows.trials, rulesOf(rows)).map(({ id }) => id),
    );
    const terminal = createTerminal(120, 24);
    await withDashboard(run.folder, terminal, async () => {
      await terminal.press('6');
      await terminal.waitFor(/killed +ended +12 of 12 +\d+ +\d+\.\d\d % +0\.\d{4}/);
      await terminal.waitFor(/empty +ended +0 of 5 +- +- +- /);
    });
  });

  it('that cannot be read is refused in one sentence', async () => {
    const terminal = createTerminal(100, 24);
    expect(await runInTerminal(terminal, 'dashboard', join(root, 'nowhere'))).toBe(2);
    expect((await terminal.screen()).join('\n')).toContain('There is no run');
    const run = makeUpRun(root, 'newer', { trials: 2 });
    writeFileSync(join(run.folder, 'manifest.json'), '{"format": 99}');
    expect(await runInTerminal(terminal, 'dashboard', run.folder)).toBe(2);
    expect((await terminal.screen()).join(' ')).toContain('newer mixnas');
  });

  it('that cannot be read does not keep the others from being listed', async () => {
    const folder = temporaryFolder();
    makeUpRun(join(folder, 'runs'), 'readable', { trials: 2 });
    const newer = makeUpRun(join(folder, 'runs'), 'newer', { trials: 2 });
    writeFileSync(join(newer.folder, 'manifest.json'), '{"format": 99}');
    utimesSync(join(newer.folder, 'journal.jsonl'), new Date(), new Date(Date.now() + 1000));
    vi.stubEnv('MIXNAS_RUNS', join(folder, 'runs'));
    onTestFinished(() => void vi.unstubAllEnvs());
    const terminal = createTerminal(120, 40);
    const dashboard = await openDashboard(undefined, terminal.streams);
    await terminal.waitFor('newer mixnas');
    await terminal.waitFor(/readable +ended/);
    expect((await terminal.screen())[0]).toContain('mixnas readable');
    dashboard.close();
  });
});

describe('finding trials', () => {
  it.each([
    [60, 16],
    [120, 40],
  ])(
    'takes expressions, completes them with Tab, and names the place of a fault, at %dx%d',
    async (columns, rows) => {
      const terminal = createTerminal(columns, rows);
      await withDashboard(finished, terminal, async () => {
        await terminal.press('1', '/');
        await terminal.waitFor('find:');
        await terminal.type('acc');
        await terminal.press(keys.tab);
        await terminal.type(' > 40% and latency["mali-g76"] < 25');
        await terminal.waitFor(/Filter, character \d+: one side is of the dimension time/);
        await terminal.press(keys.tab, keys.enter);
        const kept = readRun(finished).trials.filter(
          (row) => (row.values['accuracy'] ?? 0) > 0.4 && (row.known['latencyMs.mali-g76'] ?? 99) < 25,
        ).length;
        await terminal.waitFor(new RegExp(`1 of ${kept} that match`));
        await terminal.press('/');
        await terminal.press('\u0015');
        await terminal.type('any kernel = 3 and no kernel = 3');
        await terminal.waitFor('no trial that match');
        expect(await terminal.wrappedRows()).toBe(0);
      });
    },
  );

  it('is the same from the shell', async () => {
    const where = 'accuracy > 40% and any kernel >= 5 and not front';
    const { code, stdout } = await runCli('trials', finished, '--json', '--where', where);
    expect(code).toBe(0);
    const listed = stdout
      .trim()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line) as { trial: number; architecture: Architecture; metrics: Record<string, number> },
      );
    expect(listed.length).toBeGreaterThan(0);
    for (const { metrics, architecture } of listed) {
      expect(metrics['accuracy']).toBeGreaterThan(0.4);
      expect(
        Math.max(...architecture.blocks.flatMap((block) => describeBlock(block).kernels)),
      ).toBeGreaterThanOrEqual(5);
    }
    const csv = await runCli('trials', finished, '--csv', '--where', where);
    expect(csv.stdout.trim().split('\n')).toHaveLength(listed.length + 1);
    const terminal = createTerminal(120, 40);
    await withDashboard(finished, terminal, async () => {
      await terminal.press('2', '/');
      await terminal.type(where);
      await terminal.press(keys.enter);
      await terminal.waitFor(`1 of ${listed.length} that match`);
    });
    const bad = await runCli('trials', finished, '--json', '--where', 'accuracy > 0.5 and ltency < 3');
    expect(bad).toMatchObject({ code: 2, stdout: '' });
    expect(bad.stderr).toContain('--where, character 20: ltency is neither a quantity nor a unit.');
    expect(bad.stderr).toContain('latency');
  });
});

describe('choosing from the front', () => {
  const membersOf = (folder: string) => {
    const view = readRun(folder);
    return frontOf(view.trials, rulesOf(view)).map((row) => ({
      id: row.id,
      accuracy: row.values['accuracy'] as number,
      mali: row.known['latencyMs.mali-g76'] as number,
    }));
  };
  const mostAccurate = (rows: ReturnType<typeof membersOf>) =>
    rows.toSorted((a, b) => b.accuracy - a.accuracy)[0];

  it.each([
    [60, 16],
    [80, 24],
    [120, 40],
    [200, 60],
  ])('moves a limit and weights, and the pick follows, at %dx%d', async (columns, rows) => {
    const members = membersOf(finished);
    const stops = members.map(({ mali }) => mali).sort((a, b) => b - a);
    const terminal = createTerminal(columns, rows);
    await withDashboard(finished, terminal, async () => {
      const screen = async () => (await terminal.screen()).join('\n');
      await terminal.press('7');
      await terminal.waitFor(`trial ${mostAccurate(members)?.id} `);
      for (const i of [0, 1, 2, 3]) {
        await terminal.press(keys.left);
        const within = members.filter(({ mali }) => mali <= (stops[i] as number));
        await terminal.waitFor(new RegExp(`${within.length} of ${members.length} keep all`));
        await terminal.waitFor(`trial ${mostAccurate(within)?.id} `);
      }
      await terminal.press(']');
      expect(await screen()).not.toMatch(/NaN|undefined/);
      await terminal.press('r');
      await terminal.waitFor(new RegExp(`${members.length} of ${members.length} keep all`));
      // Accuracy no longer counts, the latency on the first device does: the fastest there is chosen.
      await terminal.press('-', keys.down, '+');
      await terminal.waitFor(`trial ${members.toSorted((a, b) => a.mali - b.mali)[0]?.id} `);
      await terminal.press('n', 'i');
      expect(await terminal.wrappedRows()).toBe(0);
    });
  });

  it('compares candidates block by block, and marks what differs', async () => {
    const members = membersOf(finished);
    for (const [columns, rows] of [
      [60, 16],
      [120, 60],
    ] as const) {
      const terminal = createTerminal(columns, rows);
      await withDashboard(finished, terminal, async () => {
        // The limit moves left until another is the pick.
        await terminal.press('7', ' ', ...new Array<string>(6).fill(keys.left), ' ', 'v');
        await terminal.waitFor(`trial ${mostAccurate(members)?.id}`);
        await terminal.press(keys.pageDown);
        await terminal.waitFor(/\d+ of \d+ parts differ/);
        const shown = (await terminal.screen()).join('\n');
        expect(shown).toContain('≠');
        await terminal.press(keys.escape);
        await terminal.waitFor('keep all');
      });
    }
  });

  it('exports the pick by the command, shows what it says, and what it refuses', async () => {
    const terminal = createTerminal(120, 40);
    await withDashboard(finished, terminal, async () => {
      await terminal.press('7', 'x');
      await terminal.waitFor('export as: tflite int8');
      await terminal.press('\u0015');
      await terminal.type('tflit');
      await terminal.press(keys.enter);
      await terminal.waitFor('expected tflite, not tflit');
      await terminal.press('\u0015');
      await terminal.type(`graph to ${join(root, 'phone')}`);
      await terminal.press(keys.enter);
      await terminal.waitFor(/[Ee]xporting trial \d+/);
      // The made-up run has no weights: the command says so, and that is shown.
      await terminal.waitFor(/trial \d+: .*weights/);
      expect(await terminal.wrappedRows()).toBe(0);
    });
  });
});

test('the accuracy in integers is shown with the pick as soon as an export has recorded it', async () => {
  const { folder } = makeUpRun(root, 'integers', { trials: 20 });
  const terminal = createTerminal(120, 40);
  await withDashboard(folder, terminal, async () => {
    await terminal.press('7');
    await terminal.waitFor(/int8 +not known; x exports/);
    const id = Number(/trial (\d+)/.exec((await terminal.screen()).join('\n'))?.[1]);
    recordExport(folder, {
      trial: id,
      path: join(folder, 'n.tflite'),
      format: 'tflite',
      precision: 'int8',
      bytes: 9,
      resolution: 32,
      accuracy: 0.6123,
      images: 100,
      runtime: 'LiteRT',
    });
    await terminal.press('i');
    await terminal.waitFor(/int8 +61\.23 % tflite/);
    expect(await terminal.wrappedRows()).toBe(0);
  });
});

describe('several runs at once', () => {
  const sizes = [
    [60, 16],
    [80, 24],
    [120, 40],
    [200, 60],
  ] as const;
  let folder: string;
  beforeAll(() => {
    folder = join(root, 'several');
    for (const seed of [1, 2, 3]) makeUpRun(folder, `seed-${seed}`, { trials: 24, seed, config: { seed } });
    makeUpRun(folder, 'other', { trials: 24, seed: 9, config: { seed: 9, sampler: { name: 'random' } } });
  }, 60_000);

  it.each(sizes)(
    'are overlaid with a union, measures, progress and a diff of their configs, at %dx%d',
    async (columns, rows) => {
      const terminal = createTerminal(columns, rows);
      await withDashboard(join(folder, 'other'), terminal, async () => {
        const screen = async () => (await terminal.screen()).join('\n');
        await terminal.press('6');
        await terminal.waitFor(/seed-1 +ended/);
        await terminal.press(keys.home, ' ');
        for (let i = 1; i < 4; i++) await terminal.press(keys.down, ' ');
        await terminal.press('v');
        await terminal.waitFor(/union +(\d+ +)?0\.\d{4}/);
        const comparison = compareRuns(
          ['other', 'seed-1', 'seed-2', 'seed-3'].map((name) => {
            const pool = createRunPool();
            pool.want([{ name, folder: join(folder, name) }]);
            while (pool.work(50).more);
            return pool.runs[0] as ReadRun;
          }),
          undefined,
        );
        for (const { run, hypervolume } of comparison?.runs ?? []) {
          await terminal.waitFor(new RegExp(`${run.name}.* ${hypervolume.toFixed(4).replace('.', '\\.')}`));
        }
        expect(comparison?.union.hypervolume).toBeGreaterThanOrEqual(
          Math.max(...(comparison?.runs ?? []).map((one) => one.hypervolume)),
        );
        if (columns >= 120)
          expect((await screen()).replaceAll(/\s+/g, ' ')).toContain('3 seeds of one config');
        await terminal.press('B', 'v');
        await terminal.waitFor('hypervolume over what they share');
        await terminal.press('t', 'v');
        await terminal.waitFor(/≠ sampler\.name +/);
        expect(await screen()).toMatch(/≠ seed +/);
        expect(await screen()).not.toMatch(/NaN|undefined|Infinity/);
        expect(await terminal.wrappedRows()).toBe(0);
      });
    },
  );

  it('show what cannot be read as what it is', async () => {
    const broken = join(root, 'several-broken');
    makeUpRun(broken, 'fine', { trials: 8 });
    const bad = makeUpRun(broken, 'bad', { trials: 8 });
    writeFileSync(join(bad.folder, 'landmarks.json'), '[]');
    const terminal = createTerminal(120, 40);
    await withDashboard(join(broken, 'fine'), terminal, async () => {
      await terminal.press('6');
      await terminal.waitFor(/fine +ended/);
      await terminal.press(keys.home, ' ', keys.end, ' ', 'v');
      await terminal.waitFor('bad:');
      expect((await terminal.screen()).join('').replaceAll(/[^a-z.:]+/g, '')).toContain(
        'invalidinput:expectedobject',
      );
      await terminal.waitFor(/fine.* 0\.\d{4}/);
      expect(await terminal.wrappedRows()).toBe(0);
    });
  });
});

describe('alerts', () => {
  const terminals = [
    ['iTerm2', { TERM: 'xterm-256color', TERM_PROGRAM: 'iTerm.app' }, '\u001b]9;mixnas noticed-0: new best'],
    ['foot', { TERM: 'foot' }, '\u001b]777;notify;mixnas noticed-1;new best'],
    ['a terminal without notifications', { TERM: 'xterm' }, '\u0007'],
    ['tmux', { TERM: 'screen', TMUX: '/tmp/x', ITERM_SESSION_ID: 'x' }, '\u001bPtmux;\u001b\u001b]9;'],
  ] as const;
  it.each(terminals.map((one, i) => [...one, i] as const))(
    'reach %s, and are listed with what failed of sending them',
    async (_name, env, sequence, i) => {
      const config = { alerts: { desktop: true, failures: 2 } };
      const run = makeUpRun(root, `noticed-${i}`, { trials: 4, open: true, budget: 100, running: 1, config });
      const terminal = createTerminal(120, 40, { ...env, LANG: 'C.UTF-8' });
      const written: string[] = [];
      const { stdout } = terminal.streams;
      const write = stdout.write.bind(stdout);
      stdout.write = (chunk: string) => {
        written.push(chunk);
        return write(chunk);
      };
      await withDashboard(run.folder, terminal, async () => {
        await terminal.press('4');
        await terminal.waitFor('alerts');
        expect(written.join('')).not.toContain(sequence);
        run.writer.append({
          type: 'tell',
          id: 4,
          state: 'complete',
          values: { accuracy: 0.94 },
          seconds: 1,
          worker: 0,
        });
        await terminal.waitFor(/new best accuracy 94\.00 % \(trial 4\)/);
        expect(written.join('')).toContain(sequence);
        logAlert(run.folder, {
          t: Date.now(),
          kind: 'best',
          text:
            readRun(run.folder).trials.length > 0
              ? (written.join('').match(/new best accuracy 94\.00 % \(trial 4\), before \d+\.\d+ %/)?.[0] ??
                '')
              : '',
          failed: 'the webhook answered 500',
        });
        await terminal.waitFor('not sent: the webhook answered 500');
        await terminal.press('A');
        await terminal.waitFor('Alerts: none are given');
        await terminal.press('A');
        await terminal.waitFor('Alerts: the bell');
        run.writer.append({ type: 'worker', worker: 1, state: 'crashed', reason: 'killed' });
        await terminal.waitFor('worker 1 was lost');
        expect(written.join('').endsWith('\u0007') || written.includes('\u0007')).toBe(true);
      });
      run.writer.close();
    },
  );
});

describe('insight', () => {
  it.each([
    [60, 16],
    [80, 24],
    [120, 40],
    [200, 60],
  ] as const)(
    'shows what matters, parallel coordinates and kernels by depth, at %dx%d',
    async (columns, rows) => {
      const view = readRun(finished);
      const space = parseSpace(view.space);
      const found = importanceOf(
        space,
        view.trials.flatMap(({ genome, values }) =>
          values['accuracy'] === undefined ? [] : [{ genome, quality: values['accuracy'] }],
        ),
      );
      const terminal = createTerminal(columns, rows);
      await withDashboard(finished, terminal, async () => {
        const screen = async () => (await terminal.screen()).join('\n');
        await terminal.press('9');
        // The same as in the report, worked out between frames.
        if (found.state === 'found')
          await terminal.waitFor(new RegExp(`${(found.genes[0]?.gene ?? '').replaceAll('.', '\\.')} +█`));
        else await terminal.waitFor(found.reason.slice(0, 30));
        await terminal.press('v');
        await terminal.waitFor(/accuracy +mali-g76/);
        const before = await screen();
        await terminal.press(keys.up, keys.up);
        expect(await screen()).not.toBe(before);
        await terminal.press('v');
        await terminal.waitFor(/1\.1 +[1-9b]{5}/);
        expect(await screen()).not.toMatch(/NaN|undefined|Infinity/);
        expect(await terminal.wrappedRows()).toBe(0);
      });
    },
  );
});

describe('the machine', () => {
  it('is shown by worker, with the learning curves of what runs', async () => {
    const run = makeUpRun(root, 'machine', {
      trials: 12,
      open: true,
      budget: 100,
      running: 2,
      config: { evaluator: { name: 'training', steps: 400, batchSize: 64 } },
    });
    run.writer.append({
      type: 'session',
      version: '0',
      host: hostname(),
      pid: process.pid,
      resumed: true,
      workers: 1,
      backend: 'tensorflow',
      trials: 100,
    });
    run.writer.append({ type: 'worker', worker: 0, state: 'started', pid: process.pid });
    const terminal = createTerminal(200, 60);
    const report = (step: number) =>
      run.writer.append({
        type: 'report',
        id: 12,
        worker: 0,
        step,
        steps: 4000,
        loss: 2 - step / 1000,
        accuracy: 0.2 + step / 2000,
      });
    await withDashboard(run.folder, terminal, async () => {
      await terminal.press('4');
      let step = 130;
      const reporting = setInterval(() => report((step += 10)), 300);
      try {
        await terminal.waitFor('validation accuracy of what runs; the front faint');
        await terminal.waitFor(/cores +\d+(\.\d+)? [KMG]i?B/);
        await terminal.waitFor(/\d images\/s/);
      } finally {
        clearInterval(reporting);
      }
      expect(await terminal.wrappedRows()).toBe(0);
    });
    run.writer.close();
  });

  it('has GPUs as nvidia-smi prints them', () => {
    expect(parseGpus('NVIDIA H200, 87, 1024, 143771, 64\nTesla T4, [N/A], 0, 15360, 40\n')).toMatchObject([
      { name: 'NVIDIA H200', percent: 87, memoryBytes: 2 ** 30, celsius: 64 },
      { name: 'Tesla T4', percent: Number.NaN, celsius: 40 },
    ]);
    expect(parseGpus('NVIDIA-SMI has failed')).toEqual([]);
    expect(processOf(process.pid)?.memoryBytes).toBeGreaterThan(1e7);
    expect(processOf(2 ** 30)).toBeUndefined();
  });
});
