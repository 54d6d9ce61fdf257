/** Steering a search that runs, and going on with one that was steered. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ConfigInput, type SearchEvent, control, pick, resume } from '../src/app/index.js';
import { parseSpace } from '../src/models/index.js';
import { type Command, frontOf, readRun, rulesOf, sendControl } from '../src/runs/index.js';
import { makeUpRun } from './support/made-up-run.js';
import { runCli } from './support/run-cli.js';
import { dryRun, outcomeOf, searchIn, temporaryFolder } from './support/searching.js';

/** Slow enough that commands arrive while it runs. */
const slow: ConfigInput = {
  ...dryRun,
  evaluator: { name: 'synthetic', seconds: 0.04 },
  budget: { trials: 30 },
};

/** Searches, and sends commands when so many trials are finished. */
async function steered(config: ConfigInput, plan: Readonly<Record<number, readonly Command[]>>) {
  const root = temporaryFolder();
  let folder = '';
  const onEvent = (event: SearchEvent): void => {
    if (event.type === 'opened') folder = event.folder;
    if (event.type !== 'finished') return;
    for (const command of plan[event.finished] ?? []) sendControl(folder, command);
  };
  const done = await searchIn(root, config, { onEvent });
  return { ...done, root, view: readRun(folder) };
}

const answers = ({ controls }: ReturnType<typeof readRun>) =>
  controls.map(({ command, state, reason }) => `${command.type}: ${state} ${reason ?? ''}`.trim());

test('pause starts no trial until it is asked to continue', async () => {
  const root = temporaryFolder();
  const seen: string[] = [];
  let asked = 0;
  let finished = 0;
  let folder = '';
  let atRest: { asked: number; view: ReturnType<typeof readRun> } | undefined;
  const done = searchIn(
    root,
    { ...slow, budget: { trials: 20, seconds: 30 } },
    {
      onEvent(event) {
        if (event.type === 'opened') folder = event.folder;
        if (event.type === 'asked') asked++;
        if (event.type === 'finished' && event.finished === 4) sendControl(folder, { type: 'pause' });
        if (event.type === 'finished') finished = event.finished;
        if (event.type === 'control') seen.push(event.text);
        if (!seen.includes('pause') || finished < asked || atRest) return;
        atRest = { asked, view: readRun(folder) };
        sendControl(folder, { type: 'continue' });
      },
    },
  );
  expect((await done).ended).toBe('trials');
  expect(seen).toEqual(['pause', 'continue']);
  expect(atRest?.view).toMatchObject({ paused: true, live: true });
  expect(atRest?.asked).toBeLessThan(20);
  const view = readRun(folder);
  expect(view.trials).toHaveLength(20);
  const [pause] = view.sessions[0]?.pauses ?? [];
  expect(pause?.to).toBeGreaterThan(pause?.from ?? Number.POSITIVE_INFINITY);
  expect(view.paused).toBe(false);
});

test('stop finishes the trials that run, and resume ends where the unbroken run would have', async () => {
  const { ended, root, view } = await steered(slow, { 6: [{ type: 'stop' }] });
  expect(ended).toBe('stopped');
  expect(view.trials.length).toBeLessThan(30);
  expect(view.trials.every(({ state }) => state === 'complete')).toBe(true);
  const again = await resume(view.folder, { root });
  expect(again.ended).toBe('trials');
  const whole = await searchIn(root, slow);
  expect(outcomeOf(view.folder)).toEqual(outcomeOf(whole.folder));
});

test('the number of trials and the time can be changed, and a resumed run knows the new number', async () => {
  const { ended, root, view } = await steered(slow, { 3: [{ type: 'trials', trials: 12 }] });
  expect(ended).toBe('trials');
  expect(view.trials).toHaveLength(12);
  expect(view.config.budget.trials).toBe(12);
  expect((await resume(view.folder, { root })).result.trials).toBe(12);
  const timed = await steered(slow, { 3: [{ type: 'time', seconds: 0.01 }] });
  expect(timed.ended).toBe('time');
});

test('a tighter limit and a queued network hold at once, and for a run that is resumed anywhere after', async () => {
  const plain = await searchIn(temporaryFolder(), slow);
  const rows = readRun(plain.folder).trials;
  const costs = rows.map((row) => row.known['latencyMs.mali-g76'] ?? 0).sort((a, b) => a - b);
  const ms = costs[12] as number;
  const space = parseSpace(readRun(plain.folder).space);
  const late = rows.findLast((row) => (row.known['latencyMs.mali-g76'] ?? 0) <= ms);
  const architecture = space.decode(late?.genome ?? new Uint8Array());
  const { view, result } = await steered(slow, {
    8: [
      { type: 'limit', profile: 'mali-g76', ms },
      { type: 'queue', name: 'mine', architecture },
      { type: 'limit', profile: 'mali-g76', ms: ms + 1 },
      { type: 'limit', profile: 'adreno-640', ms: 0.001 },
      {
        type: 'queue',
        name: 'odd',
        architecture: { ...architecture, stem: { ...architecture.stem, out: 1 } },
      },
    ],
  });
  expect(answers(view)).toEqual([
    'limit: taken',
    'queue: taken',
    expect.stringContaining('limit: refused The limit of latencyMs.mali-g76 cannot be'),
    expect.stringMatching(/^limit: refused .*adreno-640/),
    expect.stringContaining('queue: refused The point cannot be queued: it does not lie in the space'),
  ]);
  expect(view.config.limits.latencyMs['mali-g76']).toBe(ms);
  const journal = readFileSync(join(view.folder, 'journal.jsonl'), 'utf8').split('\n');
  const taken = journal.findIndex((line) => line.includes('"type":"control"'));
  const asks = journal.flatMap((line, i) => (line.includes('"type":"ask"') && i > taken ? [line] : []));
  expect(asks[0]).toContain('"origin":"queued"');
  const latency = (id: number) => view.trials[id]?.known['latencyMs.mali-g76'] ?? Infinity;
  for (const line of asks) expect(latency((JSON.parse(line) as { id: number }).id)).toBeLessThanOrEqual(ms);
  for (const { trial } of result.front) expect(latency(trial)).toBeLessThanOrEqual(ms);

  for (const cut of [taken + 2, taken + 3, taken + 9, taken + 20]) {
    const root = temporaryFolder();
    const folder = join(root, view.name);
    cpSync(view.folder, folder, { recursive: true });
    writeFileSync(join(folder, 'journal.jsonl'), `${journal.slice(0, cut).join('\n')}\n`);
    const again = await resume(folder, { root });
    expect(outcomeOf(folder)).toEqual(outcomeOf(view.folder));
    expect(again.result.front).toEqual(result.front);
  }
});

test('a tightened limit holds in a robust search, on the ends of the bands, and after a resume and for pick', async () => {
  const robust: ConfigInput = { ...slow, robust: true, limits: { latencyMs: {} } };
  const plain = await searchIn(temporaryFolder(), robust);
  const high = ({ known }: ReturnType<typeof readRun>['trials'][number]) =>
    known['latencyHighMs.mali-g76'] ?? Infinity;
  const rows = readRun(plain.folder).trials;
  const ms = rows.map(high).sort((a, b) => a - b)[12] as number;
  const { view, result, root } = await steered(robust, { 8: [{ type: 'limit', profile: 'mali-g76', ms }] });
  expect(answers(view)).toEqual(['limit: taken']);
  const beyond = view.trials.filter((row) => high(row) > ms);
  const between = beyond.filter((row) => (row.known['latencyMs.mali-g76'] ?? Infinity) <= ms);
  expect(between.length).toBeGreaterThan(0);
  const isBeyond = (trial: number) => beyond.some(({ id }) => id === trial);
  expect(result.front.filter(({ trial }) => isBeyond(trial))).toEqual([]);
  expect(frontOf(view.trials, rulesOf(view)).map(({ id }) => id)).toEqual(
    result.front.map(({ trial }) => trial),
  );
  const longer = await resume(view.folder, { root, trials: 34 });
  expect(longer.result.front.filter(({ trial }) => isBeyond(trial))).toEqual([]);
  expect(
    readRun(view.folder)
      .trials.slice(30)
      .map(high)
      .every((found) => found <= ms),
  ).toBe(true);
  expect(isBeyond(pick(view.folder, { root }).trial)).toBe(false);
  expect(isBeyond(pick(view.folder, { root, maxMacs: 1e12 }).trial)).toBe(false);
});

test('a target that only a network beyond a tightened limit meets ends neither the search nor its resume', async () => {
  const first = readRun((await searchIn(temporaryFolder(), slow)).folder).trials.slice(0, 3);
  const slowest = Math.max(...first.map(({ known }) => known['latencyMs.mali-g76'] ?? 0));
  const ms = slowest - 0.02;
  const target = `latency["mali-g76"] >= ${slowest - 0.01} ms`;
  const config: ConfigInput = { ...slow, stop: { target, lag: 20 } };
  expect((await steered(config, {})).ended).toBe('target');
  const { ended, view, root, result } = await steered(config, {
    4: [{ type: 'limit', profile: 'mali-g76', ms }],
  });
  expect(answers(view)).toEqual(['limit: taken']);
  expect(ended).toBe('trials');
  const again = await resume(view.folder, { root });
  expect(again.ended).toBe('trials');
  expect(again.result.front).toEqual(result.front);
});

test('what was asked when nothing runs is refused, and what came too late is shown as lost', async () => {
  const root = temporaryFolder();
  const run = makeUpRun(root, 'ended', { trials: 3, quick: true });
  await expect(control(run.folder, { type: 'pause' })).rejects.toThrow('no search is running');
  writeFileSync(
    join(run.folder, 'control.jsonl'),
    `{"id":"x","t":${Date.now()},"command":{"type":"pause"}}\nno request\n{"id":"y","t":1`,
  );
  expect(answers(readRun(run.folder))).toEqual(['pause: lost']);
});

test('the command line explains what it cannot do', async () => {
  const run = makeUpRun(temporaryFolder(), 'live', { trials: 3, quick: true, open: true });
  const said = async (...args: string[]) => {
    const { code, stderr, stdout } = await runCli('control', run.folder, ...args);
    return `${code} ${stderr}${stdout}`;
  };
  expect(await said('halt')).toMatch(/^2 .*There is no order "halt"/);
  expect(await said('trials')).toMatch(/^2 .*trials needs a value/);
  expect(await said('pause', '3')).toMatch(/^2 .*pause takes no value/);
  expect(await said('trials', 'many')).toMatch(/^2 .*trials many: Expected a whole number/);
  expect(await said('limit', 'mali-g67=9')).toMatch(/^2 .*not a device of live.*\n.*mali-g76/);
  expect(await said('queue', 'mixnet-q')).toMatch(/^2 .*no reference model/);
  expect(await said('pause', '--wait', '0.2')).toMatch(/^1 .*live: pause: not answered yet/);
  run.writer.close();
});
