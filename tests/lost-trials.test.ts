/** A trial whose process is ended from outside is tried again; when that does not help, a resumed run tries it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ConfigInput, resume } from '../src/app/index.js';
import { readRun, readRunSummary } from '../src/runs/index.js';
import { dryRun, outcomeOf, searchIn, temporaryFolder } from './support/searching.js';

/**
 * A search whose program is killed so many times at a trial, and at each part of it, while the folder `deaths` has
 * no file `enough`.
 */
function configOf(
  deaths: string,
  plan: Readonly<Record<number, number>>,
  more: ConfigInput = {},
): ConfigInput {
  const code = `
    const fs = require('fs');
    const { trial, until } = JSON.parse(fs.readFileSync(0, 'utf8'));
    console.error('nothing to do with it');
    const folder = ${JSON.stringify(deaths)};
    const died = fs.readdirSync(folder).filter((name) => name.startsWith(trial + '-' + until + '-')).length;
    if (died < (${JSON.stringify(plan)}[trial] ?? 0) && !fs.existsSync(folder + '/enough')) {
      fs.writeFileSync(folder + '/' + trial + '-' + until + '-' + died, '');
      process.kill(process.pid, 'SIGKILL');
      setInterval(() => {}, 1000);
    } else console.log(JSON.stringify({ accuracy: (((trial * 37) % 11) + until) / 200 }));`;
  return {
    ...dryRun,
    sampler: 'random',
    evaluator: { name: 'command', command: [process.execPath, '-e', code], steps: 9 },
    budget: { trials: 9 },
    ...more,
  };
}

const journalOf = (folder: string) => readFileSync(join(folder, 'journal.jsonl'), 'utf8');

test('killed twice, a trial comes to what it would have come to', async () => {
  const root = temporaryFolder();
  const deaths = temporaryFolder();
  const whole = await searchIn(root, configOf(deaths, {}, { name: 'whole' }));
  const { folder, result } = await searchIn(root, configOf(deaths, { 0: 1, 4: 2, 8: 2 }));
  expect(outcomeOf(folder)).toEqual(outcomeOf(whole.folder));
  expect(result.front).toEqual(whole.result.front);
  const lines = journalOf(folder);
  expect(
    lines.match(/"state":"crashed","reason":"The command was ended from outside by SIGKILL/g),
  ).toHaveLength(5);
  expect(lines).not.toContain('nothing to do with it');
});

test('killed three times it is recorded as the fault of the machine, and resume tries it again', async () => {
  const root = temporaryFolder();
  const deaths = temporaryFolder();
  const whole = await searchIn(root, configOf(deaths, {}, { name: 'whole' }));
  const { folder, ended } = await searchIn(root, configOf(deaths, { 2: 4, 7: 99 }));
  expect(ended).toBe('trials');
  for (const id of [2, 7]) {
    expect(readRun(folder).trials[id]).toMatchObject({ id, state: 'failed', fault: 'machine' });
    expect(readRun(folder).trials[id]?.reason).toMatch(
      /^The command was ended from outside by SIGKILL[^:]*\. It was tried 3 times; `mixnas resume` tries it again\.$/,
    );
  }
  expect(readRunSummary(folder)).toMatchObject({ finished: 7 });
  // One of them is killed once more, the other always.
  const second = await resume(folder, { root });
  expect(second.result.trials).toBe(9);
  expect(readRun(folder).trials.map(({ fault }) => fault)).toEqual(
    Array.from({ length: 9 }, (_, id) => (id === 7 ? 'machine' : undefined)),
  );
  writeFileSync(join(deaths, 'enough'), '');
  const third = await resume(folder, { root });
  expect(outcomeOf(folder)).toEqual(outcomeOf(whole.folder));
  expect(third.result.front).toEqual(whole.result.front);
  expect(readRunSummary(folder)).toMatchObject({ finished: 9 });
});

test('lost at a rung, it continues from that rung', async () => {
  const root = temporaryFolder();
  const deaths = temporaryFolder();
  const fidelity = { rungs: [3, 6], reductionFactor: 2, lag: 2 };
  const whole = await searchIn(root, configOf(deaths, {}, { name: 'whole', fidelity }));
  const promoted = readRun(whole.folder).trials.find(({ rungs }) => rungs.length === 2)?.id as number;
  const { folder } = await searchIn(root, configOf(deaths, { [promoted]: 3 }, { fidelity }));
  // Three times at its first part, and so it was not promoted; now it is killed at its second part only.
  expect(readRun(folder).trials[promoted]).toMatchObject({ state: 'failed', fault: 'machine', rungs: [] });
  await resume(folder, { root });
  expect(readRun(folder).trials[promoted]).toMatchObject({
    state: 'failed',
    fault: 'machine',
    rungs: [{ step: 3 }],
  });
  writeFileSync(join(deaths, 'enough'), '');
  await resume(folder, { root });
  const row = readRun(folder).trials[promoted];
  expect(row).toMatchObject({ state: 'complete', fault: undefined, reason: undefined });
  expect(row?.rungs.map(({ step }) => step)).toEqual([3, 6]);
  expect(row?.values).toEqual(readRun(whole.folder).trials[promoted]?.values);
});
