/**
 * What the dashboard costs on a run of 100,000 trials: opening, memory, keys (also while every core is busy), idling,
 * and following a search that finishes 1,000 trials a second; then a run of a million. All of it three times, the worst
 * of each at the end. `npm run bench:dashboard [-- --trials N] [--times N] [--no-million]`.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot, upperMedian } from '../src/base/index.js';
import { makeUpRun } from '../tests/support/made-up-run.js';

const at = process.argv.indexOf('--trials');
const trials = at < 0 ? 100_000 : Number(process.argv[at + 1]);
const timesAt = process.argv.indexOf('--times');
const times = timesAt < 0 ? 3 : Number(process.argv[timesAt + 1]);
const withMillion = !process.argv.includes('--no-million');
const budgets = {
  openMs: 2000,
  /** Processor time of an opening, as a multiple of JSON.parse of the journal. */
  openParses: 2.5,
  /** And of one that finds a cache. */
  nextParses: 1,
  memoryMb: 250,
  keyMs: 50,
  idlePercent: 1,
  millionMs: 6000,
  millionMb: 1000,
};
const million = 1_000_000;
const tailPerSecond = 1000;
const tailMs = 8000;
const idleMs = 10_000;
const openings = 5;

const child = join(packageRoot(), 'bench', 'dashboard', 'child.mjs');

interface Memory {
  readonly now: number;
  readonly most: number;
}
interface Opened {
  readonly openMs: number;
  /** Until keys are taken. */
  readonly keysMs: number;
  readonly cpuMs: number;
  readonly memory: Memory;
  ask(job: string, rest?: object): Promise<Answer>;
  close(): Promise<void>;
}
/** What the child answers, whatever it was asked. */
interface Answer {
  readonly openedAt: number;
  readonly keysAt: number;
  readonly cpuMs: number;
  readonly memory: Memory;
  readonly taken: Taken;
  readonly percent: number;
  readonly writes: number;
  readonly frames: number;
  readonly delay: { readonly median: number; readonly high: number };
}

async function openDashboard(folder: string): Promise<Opened> {
  const from = Date.now();
  const opened = fork(child, [folder], { execArgv: [] });
  const answer = () =>
    new Promise<Answer>((done, fail) => {
      opened.once('message', (message) => done(message as Answer));
      opened.once('exit', (code) => fail(new Error(`the dashboard ended with ${code}`)));
    });
  const { openedAt, keysAt, cpuMs, memory } = await answer();
  return {
    openMs: openedAt - from,
    keysMs: keysAt - from,
    cpuMs,
    memory,
    close: () =>
      new Promise((done) => {
        opened.removeAllListeners().once('exit', () => done());
        opened.send({ job: 'close' });
      }),
    ask(job, rest = {}) {
      const answered = answer();
      opened.send({ job, ...rest });
      return answered;
    },
  };
}

/** The worst of each figure so far, with its budget. */
const worst = new Map<string, { readonly value: number; readonly budget: number; readonly unit: string }>();

/** Keeps a figure for the end. */
function keep(name: string, value: number, budget: number, unit: string): void {
  const before = worst.get(name)?.value ?? Number.NEGATIVE_INFINITY;
  worst.set(name, { value: Math.max(before, value), budget, unit });
}

/** Takes every core, as a search does, while something is measured. */
async function whileBusy<T>(measure: () => Promise<T>): Promise<T> {
  const loops = cpus().map(() =>
    fork(join(packageRoot(), 'bench', 'dashboard', 'busy.mjs'), { execArgv: [] }),
  );
  try {
    return await measure();
  } finally {
    for (const loop of loops) loop.kill('SIGKILL');
  }
}

const say = (text: string) => process.stdout.write(`${text}\n`);
const verdict = (value: number, budget: number) =>
  `${(value / budget).toFixed(2)} of the budget of ${budget}${value <= budget ? '' : '  MISSED'}`;

const escape = '\u001b';
const tour: readonly (readonly [string, string])[] = [
  ['trials screen', '2'],
  ['down', 'j'],
  ['last', 'G'],
  ['first', 'g'],
  ['page down', `${escape}[6~`],
  ['sort by the next column', 's'],
  ['sort by the next column', 's'],
  ['turn around', 'S'],
  ['filter', '/'],
  ['type a', 'a'],
  ['type c', 'c'],
  ['type >', '>'],
  ['type 5', '5'],
  ['keep', '\r'],
  ['clear', escape],
  ['front screen', '1'],
  ['right', 'l'],
  ['left', 'h'],
  ['log axis', 'y'],
  ['zoom', 'z'],
  ['next device', 'd'],
  ['all trials', 'a'],
  ['right', 'l'],
  ['candidate screen', '3'],
  ['down', 'j'],
  ['next candidate', 'l'],
  ['progress screen', '4'],
  ['over time', 't'],
  ['devices screen', '5'],
  ['runs screen', '6'],
  ['help', '?'],
  ['no help', '?'],
];

/** A key's name with what it took; those that change nothing are left out. */
type Taken = readonly (readonly [
  string,
  { readonly ms: number; readonly cpuMs: number } | null | undefined,
])[];

function sayKeys(what: string, taken: Taken): void {
  const measured = taken.flatMap(([name, time]) => (time ? [{ name, ...time }] : []));
  const slowest = measured.reduce((a, b) => (b.ms > a.ms ? b : a));
  const cpu = measured.map((time) => time.cpuMs);
  say(`${what}, ${measured.length} keys: median ${upperMedian(measured.map(({ ms }) => ms)).toFixed(1)} ms`);
  keep(what.trim(), slowest.ms, budgets.keyMs, 'ms');
  say(`  most ${slowest.ms.toFixed(1)} ms (${slowest.name}): ${verdict(slowest.ms, budgets.keyMs)}`);
  say(
    `  of processor time: median ${upperMedian(cpu).toFixed(1)} ms, most ${Math.max(...cpu).toFixed(1)} ms`,
  );
  for (const { name, ms, cpuMs } of measured) {
    if (ms > budgets.keyMs) say(`  slow: ${name}, ${ms.toFixed(1)} ms, ${cpuMs.toFixed(1)} of the processor`);
  }
}

/** What openings took; processor time next to what JSON.parse takes for the journal. */
function sayOpening(which: string, opening: readonly Opened[], parseMs: number, parses: number): void {
  const openMs = upperMedian(opening.map((one) => one.openMs));
  const cpuMs = upperMedian(opening.map((one) => one.cpuMs));
  say(
    `\n${which} opening: process start to first frame, median of ${opening.length}: ${openMs.toFixed(0)} ms`,
  );
  say(`  ${verdict(openMs, budgets.openMs)}`);
  say(`  keys are taken after ${upperMedian(opening.map((one) => one.keysMs)).toFixed(0)} ms`);
  say(
    `  processor time ${cpuMs.toFixed(0)} ms, ${(cpuMs / parseMs).toFixed(2)} times JSON.parse of the journal`,
  );
  keep(`first frame, ${which} opening`, openMs, budgets.openMs, 'ms');
  keep(`processor time of the ${which} opening`, cpuMs / parseMs, parses, 'times JSON.parse');
}

async function main(root: string): Promise<void> {
  const run = makeUpRun(root, 'large', { trials, quick: true, open: true, budget: trials * 2 });
  const journal = join(run.folder, 'journal.jsonl');
  say(`a run of ${trials} trials, a journal of ${(statSync(journal).size / 1e6).toFixed(1)} MB`);
  const before = process.cpuUsage();
  const lines = readFileSync(journal, 'utf8').trim().split('\n');
  for (const line of lines) JSON.parse(line);
  const parseMs = process.cpuUsage(before).user / 1000;
  lines.length = 0;

  // Without a cache, then with the one that it left.
  const [first, next]: [Opened[], Opened[]] = [[], []];
  for (let i = 0; i < openings; i++) {
    rmSync(join(run.folder, 'journal.cache'), { force: true });
    for (const opening of [first, next]) {
      const opened = await openDashboard(run.folder);
      opening.push(opened);
      await opened.close();
    }
  }
  sayOpening('first', first, parseMs, budgets.openParses);
  sayOpening('next', next, parseMs, budgets.nextParses);

  const dashboard = await openDashboard(run.folder);
  await dashboard.ask('idle', { ms: 2000 });
  const keys = await dashboard.ask('keys', { keys: tour });
  sayKeys('\na key to its effect', keys.taken);
  const busy = await whileBusy(() => dashboard.ask('keys', { keys: tour }));
  sayKeys(`\na key to its effect with all ${cpus().length} cores busy`, busy.taken);
  keep('memory', keys.memory.most, budgets.memoryMb, 'MB');
  say(`resident memory ${keys.memory.now.toFixed(0)} MB, most ${keys.memory.most.toFixed(0)} MB`);
  say(`  ${verdict(keys.memory.most, budgets.memoryMb)}`);

  await settled(dashboard);
  await dashboard.ask('keys', { keys: [['front screen', '1']] });
  const idle = await dashboard.ask('idle', { ms: idleMs });
  say(
    `\nidle on a live run: ${idle.percent.toFixed(2)} % of a core, ${idle.writes} writes in ${idleMs / 1000} s`,
  );
  say(`  ${verdict(idle.percent, budgets.idlePercent)}`);

  const tailed = dashboard.ask('tail', { ms: tailMs, keys: ['1', 'l', '2', 'j', '4', '2', 's', 'S'] });
  const started = performance.now();
  let added = 0;
  while (performance.now() - started < tailMs) {
    const due = Math.floor(((performance.now() - started) / 1000) * tailPerSecond);
    for (; added < due; added++) run.addTrial();
    await new Promise((done) => setTimeout(done, 10));
  }
  const { percent, frames, delay, taken, memory } = await tailed;
  say(
    `\ntailing ${(added / (tailMs / 1000)).toFixed(0)} trials a second: ${percent.toFixed(0)} % of a core, ${frames.toFixed(1)} frames a second`,
  );
  keep('idle', idle.percent, budgets.idlePercent, '% of a core');
  say(`  event loop late by ${delay.median.toFixed(1)} ms (median), ${delay.high.toFixed(0)} ms (99 %)`);
  sayKeys('  keys meanwhile', taken);
  say(`  resident memory afterwards ${memory.now.toFixed(0)} MB, most ${memory.most.toFixed(0)} MB`);
  await dashboard.close();
  run.writer.close();
}

/** Opens a run of a million trials. */
async function openMillion(root: string): Promise<void> {
  const { folder, writer } = makeUpRun(root, 'million', { trials: million, quick: true });
  writer.close();
  for (let i = 0; i < times; i++) {
    const opened = await openDashboard(folder);
    const { memory } = await opened.ask('idle', { ms: 2000 });
    say(`\na million trials: first frame after ${opened.openMs.toFixed(0)} ms, ${memory.most.toFixed(0)} MB`);
    keep('first frame of a million trials', opened.openMs, budgets.millionMs, 'ms');
    keep('memory with a million trials', memory.most, budgets.millionMb, 'MB');
    await opened.close();
  }
}

/** Waits until the hypervolume is computed. */
async function settled(dashboard: Opened): Promise<void> {
  const from = performance.now();
  for (let waited = 0; waited < 120; waited += 3) {
    const { percent } = await dashboard.ask('idle', { ms: 3000 });
    if (percent < 5) break;
  }
  const seconds = (performance.now() - from) / 1000;
  if (seconds > 4)
    say(`the hypervolume was computed for ${seconds.toFixed(0)} s more, while keys were handled`);
}

const root = mkdtempSync(join(tmpdir(), 'mixnas-bench-'));
try {
  for (let i = 1; i <= times; i++) {
    if (times > 1) say(`\n--- ${i} of ${times}`);
    await main(join(root, String(i)));
  }
  if (withMillion) await openMillion(root);
  say(`\nworst of ${times}:`);
  for (const [name, { value, budget, unit }] of worst) {
    say(`  ${name}: ${value.toFixed(value < 10 ? 2 : 0)} ${unit}, ${verdict(value, budget)}`);
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
