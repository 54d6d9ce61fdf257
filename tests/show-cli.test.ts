import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  architectureHash,
  lower,
  parseArchitecture,
  referenceArchitecture,
  referenceNames,
} from '../src/models/index.js';
import { makeUpRun } from './support/made-up-run.js';
import { answerOf, runCli } from './support/run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'mixnas-show-'));
let run = '';
beforeAll(() => {
  makeUpRun(folder, 'made-up', { trials: 4 });
  run = join(folder, 'made-up');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('mixnas show', () => {
  it.each(referenceNames)('%s, written to a file, is read again as the same network', async (name) => {
    const { code, stdout } = await runCli('show', name);
    expect(code).toBe(0);
    const path = join(folder, `${name}.json`);
    writeFileSync(path, stdout);
    const again = parseArchitecture(JSON.parse(stdout) as unknown);
    expect(architectureHash(again)).toBe(architectureHash(referenceArchitecture(name)));
    expect(answerOf(await runCli('show', path))).toEqual(JSON.parse(stdout));
  });

  it('a trial of a run is shown at the size at which its run deploys', async () => {
    const shown = answerOf(await runCli('show', `${run}#2`));
    expect(shown).toMatchObject({ resolution: 224, classes: 1000 });
    expect(parseArchitecture(shown).blocks.length).toBeGreaterThan(0);
  });

  it('--graph prints the ops that everything else reads, at the size asked for', async () => {
    const graph = answerOf(
      await runCli('show', 'mixnet-s', '--graph', '--resolution', '64', '--classes', '10'),
    );
    const expected = lower(referenceArchitecture('mixnet-s'), { resolution: 64, classes: 10 });
    expect(graph).toEqual(JSON.parse(JSON.stringify(expected)));
  });

  it('lists of plain values stand on one line, whatever the name holds', async () => {
    const path = join(folder, 'odd.json');
    const name = 'a [ b,   c ] {}';
    writeFileSync(path, JSON.stringify({ ...referenceArchitecture('mixnet-s'), name }));
    const { stdout } = await runCli('show', path);
    expect(stdout).toContain('"kernels": [3, 5, 7]');
    expect(JSON.parse(stdout)).toMatchObject({ name });
  });

  it('a name that is not known is answered with one sentence and exit code 2', async () => {
    const { code, stdout, stderr } = await runCli('show', 'mixnet-z');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^mixnas: .*mixnet-z.*mixnet-s/s);
  });
});
