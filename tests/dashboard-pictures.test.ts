/** Fronts as pictures: the stream that a terminal with kitty's protocol gets is decoded and compared with the data. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { openDashboard } from '../src/dashboard/index.js';
import { palettes } from '../src/dashboard/draw/palettes.js';
import { positions } from '../src/dashboard/draw/scale.js';
import { frontPlot } from '../src/dashboard/model/front-plot.js';
import { createRunModel } from '../src/dashboard/model/run-model.js';
import { kinds } from '../src/dashboard/model/trials.js';
import { readRun } from '../src/runs/index.js';
import { makeUpRun } from './support/made-up-run.js';
import { createTerminal, type FakeTerminal, recorded } from './support/terminal.js';

const root = mkdtempSync(join(tmpdir(), 'mixnas-pictures-'));
let run: string;
beforeAll(() => {
  vi.stubEnv('MIXNAS_CACHE', join(root, 'cache'));
  run = makeUpRun(root, 'painted', { trials: 60 }).folder;
}, 60_000);
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

const base = { TERM: 'xterm-256color', COLORTERM: 'truecolor', LANG: 'C.UTF-8' };
const query = '\u001b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\u001b\\\u001b[c';
const yes = '\u001b_Gi=31;OK\u001b\\';
const whatItIs = '\u001b[?62;c';

async function opened(terminal: FakeTerminal, options: object = {}) {
  const dashboard = await openDashboard(run, { ...terminal.streams, ...options });
  onTestFinished(() => dashboard.close());
  await terminal.waitFor('painted');
  return dashboard;
}

interface Shown {
  readonly row: number;
  readonly column: number;
  readonly keys: Readonly<Record<string, string>>;
  /** Red, green, blue and opacity of each pixel. */
  readonly rgba: Buffer;
}

// oxlint-disable-next-line no-control-regex
const placed = /(?:\u001b\[(\d+);(\d+)H)?\u001b_G([^;\u001b]*);([^\u001b]*)\u001b\\/g;

/** The pictures of a stream, in the order in which they were put onto the screen. */
function decoded(stream: string): Shown[] {
  const shown: Shown[] = [];
  let open: { at: RegExpMatchArray; keys: Record<string, string>; data: string } | undefined;
  for (const match of stream.matchAll(placed)) {
    const keys = Object.fromEntries(match[3]?.split(',').map((pair) => pair.split('=')) ?? []);
    if (keys['a'] === 'q') continue;
    expect((match[4] as string).length).toBeLessThanOrEqual(4096);
    if (keys['a'] === 'T') open = { at: match, keys, data: '' };
    if (!open) throw new Error('a piece of no picture');
    open.data += match[4];
    if (keys['m'] === '1') continue;
    const rgba = inflateSync(Buffer.from(open.data, 'base64'));
    shown.push({ row: Number(open.at[1]), column: Number(open.at[2]), keys: open.keys, rgba });
  }
  return shown;
}

const colourAt = ({ rgba, keys }: Shown, x: number, y: number): string =>
  [...rgba.subarray(4 * (y * Number(keys['s']) + x), 4 * (y * Number(keys['s']) + x) + 4)].join(' ');
const colour = (role: 'front' | 'dominated' | 'infeasible') => `${palettes.any[role]?.rgb.join(' ')} 255`;

it.each([
  [100, 30],
  [60, 16],
  [200, 60],
])(
  'the front is a picture of the trials on a terminal of %i x %i that shows pictures',
  async (columns, rows) => {
    const terminal = createTerminal(columns, rows, base);
    const written = recorded(terminal);
    await opened(terminal);
    expect(written()).toContain(query);
    expect((await terminal.screen()).join('')).toMatch(/[\u2801-\u28ff]/);
    await terminal.press(yes, whatItIs);
    await expect.poll(() => decoded(written()).length).toBe(1);
    const [shown] = decoded(written()) as [Shown];
    const { keys } = shown;

    // It fits onto the screen, under the text, with as many pixels a cell everywhere.
    const [across, down] = [Number(keys['c']), Number(keys['r'])];
    expect(keys).toMatchObject({ f: '32', o: 'z', z: '-1', C: '1', q: '2' });
    expect([Number(keys['s']) / across, Number(keys['v']) / down]).toEqual([8, 16]);
    expect(shown.rgba).toHaveLength(4 * Number(keys['s']) * Number(keys['v']));
    expect(shown.column + across - 1).toBeLessThanOrEqual(columns);
    expect(shown.row + down - 1).toBeLessThan(rows);
    // The marks are text, and no dot is drawn as a character any more.
    const text = (await terminal.screen()).join('');
    expect(text).not.toMatch(/[\u2801-\u28ff]/);
    expect(text).toContain('●');
    expect(await terminal.wrappedRows()).toBe(0);

    const model = createRunModel(readRun(run));
    const { x, y, staircase } = frontPlot(model, {
      device: model.devices[0] as (typeof model.devices)[number],
      log: false,
      zoomed: false,
      cursor: undefined,
      marked: [],
      freshSince: Number.POSITIVE_INFINITY,
      labels: false,
    });
    const placeOf = (ms: number, accuracy: number): [number, number] => [
      Math.floor(positions(x.scale)(ms) * (Number(keys['s']) - 1)),
      Math.floor((1 - positions(y.scale)(accuracy)) * (Number(keys['v']) - 1)),
    ];
    const { table } = model;
    const [xs, ys] = [table.column(model.devices[0]?.metric ?? ''), table.column('accuracy')];
    const inside = ([at, from]: readonly [number, number]) =>
      at >= 0 && at < Number(keys['s']) && from >= 0 && from < Number(keys['v']);
    let dots = 0;
    for (let row = 0; row < table.count; row++) {
      const kind = table.kinds()[row];
      if (kind !== kinds.beaten && kind !== kinds.beyond) continue;
      const at = placeOf(xs[row] as number, ys[row] as number);
      if (!inside(at)) continue;
      dots++;
      const allowed = [
        colour(kind === kinds.beaten ? 'dominated' : 'infeasible'),
        colour('front'),
        colour('infeasible'),
      ];
      expect(allowed).toContain(colourAt(shown, ...at));
    }
    expect(dots).toBeGreaterThan(5);
    expect(staircase.length).toBeGreaterThan(1);
    for (const { x: ms, y: accuracy } of staircase.slice(0, -1)) {
      const at = placeOf(ms, accuracy);
      if (inside(at)) expect(colourAt(shown, ...at)).toBe(colour('front'));
    }
    // Nothing but points and the front: most of it is empty.
    const opaque = shown.rgba.filter((_, i) => i % 4 === 3 && shown.rgba[i] === 255).length;
    expect(opaque).toBeGreaterThanOrEqual(dots);
    expect(opaque).toBeLessThan(4 * dots + 4 * (Number(keys['s']) + Number(keys['v'])) * 3);
  },
);

it('a picture is sent again only where it changes, and is gone on other screens and afterwards', async () => {
  const terminal = createTerminal(100, 30, base);
  const written = recorded(terminal);
  const dashboard = await opened(terminal);
  await terminal.press(yes, whatItIs);
  await expect.poll(() => decoded(written()).length).toBe(1);
  await terminal.press('l');
  await terminal.press('l');
  expect(decoded(written())).toHaveLength(1);
  await terminal.press('y');
  await expect.poll(() => decoded(written()).length).toBe(2);
  const removed = '\u001b_Ga=d,d=I,i=1,q=2\u001b\\';
  expect(written()).not.toContain(removed);
  await terminal.press('2');
  await expect.poll(written).toContain(removed);
  await terminal.press('1');
  await expect.poll(() => decoded(written()).length).toBe(3);
  // The picture of another theme is another one; a repainted screen needs it again.
  await terminal.press('T');
  await expect.poll(() => decoded(written()).length).toBe(4);
  await terminal.resize(80, 24);
  await expect.poll(() => decoded(written()).length).toBe(5);
  dashboard.close();
  const all = '\u001b_Ga=d,d=A,q=2\u001b\\';
  expect(written().lastIndexOf(all)).toBeGreaterThan(written().lastIndexOf('a=T'));
  expect(written().lastIndexOf(all)).toBeLessThan(written().lastIndexOf('\u001b[?1049l'));
});

it('without the answer, after no, or where it comes too late, dots stay characters, and nothing acts as a key', async () => {
  for (const answers of [
    [],
    [whatItIs],
    [whatItIs, yes],
    ['\u001b_Gi=31;EINVAL\u001b\\', whatItIs],
    ['\u001b_Gi=7;OK\u001b\\'],
  ]) {
    const terminal = createTerminal(100, 30, base);
    const written = recorded(terminal);
    const dashboard = await opened(terminal);
    await terminal.press(...answers);
    expect(decoded(written())).toEqual([]);
    expect((await terminal.screen()).join('')).toMatch(/[\u2801-\u28ff]/);
    expect((await terminal.screen())[0]).toMatch(/1 Front/);
    dashboard.close();
  }
});

it('nothing is asked inside tmux, without colours, in ASCII, aloud, on the Linux console, or after never', async () => {
  for (const [env, options] of [
    [{ TMUX: '/tmp/tmux-0/default,1,0' }, {}],
    [{ NO_COLOR: '1' }, {}],
    [{}, { ascii: true }],
    [{}, { aloud: true }],
    [{ TERM: 'linux' }, {}],
    [{}, { pictures: 'never' }],
    [{ MIXNAS_PICTURES: 'never' }, {}],
  ] as const) {
    const terminal = createTerminal(100, 30, { ...base, ...env });
    const written = recorded(terminal);
    const dashboard = await opened(terminal, options);
    await terminal.press('l');
    expect(written()).not.toContain('\u001b_G');
    dashboard.close();
  }
});

it('always draws pictures without asking, and what is exported has its dots', async () => {
  const terminal = createTerminal(100, 30, { ...base, MIXNAS_PICTURES: 'always' });
  const written = recorded(terminal);
  await opened(terminal);
  expect(written()).not.toContain(query);
  expect(decoded(written())).toHaveLength(1);
  const before = process.cwd();
  process.chdir(root);
  onTestFinished(() => process.chdir(before));
  await terminal.press('e');
  await terminal.waitFor('Written: ');
  const file = /(\S+\.svg)/.exec((await terminal.screen()).join(' '))?.[1] ?? '';
  expect(readFileSync(join(root, file), 'utf8')).toMatch(/[\u2801-\u28ff]/);
});
