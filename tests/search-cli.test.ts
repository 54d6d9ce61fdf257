import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../src/base/index.js';
import { answerOf, runCli } from './support/run-cli.js';
import { createTerminal, keys, runInTerminal } from './support/terminal.js';

let folder: string;
const runs = (): string => join(folder, 'runs');
const config = (name: string, text: string): string => {
  const path = join(folder, `${name}.yaml`);
  writeFileSync(path, text);
  return path;
};
const base = `
dataset: textures
profiles: [mali-g76, adreno-640]
limits: { latencyMs: { mali-g76: 20, adreno-640: 12 } }
workers: 2
`;
const quick = `${base}\nevaluator: synthetic\nbudget: { trials: 12 }\n`;
const slow = `${base}\nevaluator: { name: synthetic, seconds: 0.3 }\nbudget: { trials: 400 }\n`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mixnas-search-cli-'));
  process.env['MIXNAS_RUNS'] = runs();
});
afterEach(() => rmSync(runs(), { recursive: true, force: true }));
afterAll(() => {
  delete process.env['MIXNAS_RUNS'];
  rmSync(folder, { recursive: true, force: true });
});

interface Listed {
  readonly trial: number;
  readonly metrics: Readonly<Record<string, number>>;
}

interface Answer {
  readonly run: string;
  readonly seed: string | number;
  readonly trials: number;
  readonly front: readonly { trial: number; accuracy: number; latencyMs: Record<string, number> }[];
}

describe('mixnas search', () => {
  it('prints one line of JSON at the end, whose front meets every limit, and a line a trial meanwhile', async () => {
    const outcome = await runCli('search', config('quick', quick), '--no-tui', '--json');
    const answer = answerOf(outcome) as Answer;
    expect(Object.keys(answer)).toEqual([
      'run',
      'seed',
      'trials',
      'front',
      'deploy',
      'hypervolume',
      'seconds',
    ]);
    expect(answer).toMatchObject({ run: 'quick-1', seed: 1, trials: 12, deploy: { resolution: 224 } });
    expect(answer.front.length).toBeGreaterThan(0);
    for (const member of answer.front) {
      expect(Object.keys(member)).toEqual([
        'trial',
        'accuracy',
        'latencyMs',
        'params',
        'macs',
        'architecture',
      ]);
      expect(member.latencyMs['mali-g76']).toBeLessThanOrEqual(20);
      expect(member.latencyMs['adreno-640']).toBeLessThanOrEqual(12);
    }
    expect(outcome.stderr.match(/^trial /gm)).toHaveLength(12);
  });

  it('ends with the front, the path of the run and five commands worth trying', async () => {
    const { code, stdout } = await runCli('search', config('quick', quick), '--no-tui');
    expect(code).toBe(0);
    expect(stdout).toContain('12 of 12 trials');
    expect(stdout).toContain('priced at 224x224, 1000 classes');
    expect(stdout).toContain('accuracy made up by a formula: nothing was trained; latency priced');
    expect(stdout).toContain(join(runs(), 'quick-1'));
    expect(stdout.match(/^ {2}(?:npx )?mixnas /gm)).toHaveLength(5);
    // It works as printed.
    const command = /^ {2}(?:npx )?mixnas (predict \S+)/m.exec(stdout)?.[1]?.split(' ') ?? [];
    expect((await runCli(...command)).code).toBe(0);
  });

  it('the command line overrides the file, and the same seed gives the same trials', async () => {
    const args = ['search', config('quick', quick), '--no-tui', '--json', '--trials', '6', '--seed', 'x'];
    const one = answerOf(await runCli(...args, '--workers', '1', '--name', 'one')) as Answer;
    const two = answerOf(await runCli(...args, '--workers', '1', '--name', 'two')) as Answer;
    expect(one).toMatchObject({ run: 'one', seed: 'x', trials: 6 });
    expect(two.front).toEqual(one.front);
  });

  it('is repeated with several seeds, and the report compares the runs by sampler', async () => {
    const several = ['--seeds', '2', '--trials', '6', '--no-tui', '--json'];
    const { code, stdout, stderr } = await runCli(
      'search',
      config('several', quick),
      '--seed',
      '5',
      ...several,
    );
    const fronts = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Answer);
    expect([code, fronts.map(({ seed }) => seed)]).toEqual([0, [5, 6]]);
    expect(fronts[0]?.front).not.toEqual(fronts[1]?.front);
    expect(stderr).toContain('compare them: mixnas report several-1 several-2');
    const other = ['--sampler', 'random', '--seed', '7', '--name', 'random-1', '--trials', '6', '--no-tui'];
    expect((await runCli('search', config('several', quick), ...other)).code).toBe(0);
    const page = join(folder, 'comparison.html');
    const names = ['several-1', 'several-2', 'random-1'];
    expect((await runCli('report', ...names, '--out', page)).code).toBe(0);
    const html = readFileSync(page, 'utf8');
    expect(html).toContain('By sampler');
    expect(html).toMatch(/5, 6[^]*?0\.\d{4} ± 0\.\d{4}/);
  });

  it('lists every trial as CSV and as JSON, and leaves points for TensorBoard', async () => {
    const search = ['search', config('listed', quick), '--trials', '6', '--no-tui', '--json'];
    expect((await runCli(...search)).code).toBe(0);
    const csv = await runCli('trials', 'listed-1', '--csv');
    const [head, ...rows] = csv.stdout.trim().split('\n');
    expect(head).toMatch(/^trial,state,origin,parents,accuracy,latencyMs\..*,seconds,reason,architecture$/);
    expect(rows).toHaveLength(6);
    const [, architecture = ''] = /"(\{.*\})"$/.exec(rows[0] ?? '') ?? [];
    writeFileSync(join(folder, 'first.json'), architecture.replaceAll('""', '"'));
    const json = await runCli('trials', 'listed-1', '--json');
    const trials = json.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Listed);
    expect(trials.map(({ trial }) => trial)).toEqual([0, 1, 2, 3, 4, 5]);
    const cost = answerOf(
      await runCli('cost', join(folder, 'first.json'), '--resolution', '224', '--classes', '1000', '--json'),
    );
    expect((cost as { macs: number }).macs).toBe(trials[0]?.metrics['macs']);
    expect(await runCli('trials', 'listed-1')).toMatchObject({ code: 2, stdout: '' });
    const events = join(runs(), 'listed-1', 'events');
    const [file = ''] = readdirSync(events);
    expect(file).toMatch(/^events\.out\.tfevents\./);
    const text = readFileSync(join(events, file), 'latin1');
    expect(text.match(/hypervolume/g)).toHaveLength(6);
    expect(text).toContain('accuracy');
  });

  it.each([
    ['an unknown key', `${quick}speed: 3\n`, [], 'speed'],
    ['a negative limit', quick.replace('mali-g76: 20', 'mali-g76: -1'), [], 'mali-g76'],
    ['a profile that does not exist', quick, ['--profile', 'mali-g67'], 'mali-g76'],
    ['a limit that nothing meets', quick, ['--max-latency', 'mali-g76=0.01'], 'mali-g76'],
    ['a limit that is none', quick, ['--max-latency', 'mali-g76'], 'PROFILE=MS'],
    ['a name that climbs out', quick, ['--name', '../evil'], 'climbs out'],
    ['a data set that is missing', quick, ['--dataset', '/nowhere'], '/nowhere'],
    ['a file that is no YAML', 'a: [', [], 'YAML'],
  ])('refuses %s in one sentence, writing nothing', async (_what, text, args, named) => {
    const { code, stdout, stderr } = await runCli('search', config('bad', text), '--no-tui', ...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(named);
    expect(stderr.startsWith('mixnas: ')).toBe(true);
    expect(existsSync(runs())).toBe(false);
  });
});

describe('a search on a terminal', () => {
  it('shows the dashboard, and leaves the front on the screen when it is done', async () => {
    const terminal = createTerminal(100, 60);
    const code = runInTerminal(
      terminal,
      'search',
      config('quick', quick.replace('trials: 12', 'trials: 30')),
    );
    await terminal.waitFor('front of');
    expect(await code).toBe(0);
    expect(terminal.alternate).toBe(false);
    expect((await terminal.screen()).join('\n')).toContain('30 of 30 trials');
  });

  it('continues in plain lines after q, and stops gracefully on Ctrl-C', async () => {
    const terminal = createTerminal(100, 40);
    const path = config('slow', slow);
    const left = runInTerminal(terminal, 'search', path);
    await terminal.waitFor('? help');
    expect(terminal.alternate).toBe(true);
    await terminal.press('q');
    await terminal.waitFor('The search continues');
    await terminal.waitFor(/trial +\d+ /);
    expect(terminal.alternate).toBe(false);
    process.emit('SIGINT');
    expect(await left).toBe(130);

    const stopped = runInTerminal(terminal, 'resume', 'slow-1');
    await terminal.waitFor('? help');
    await terminal.press(keys.ctrlC);
    expect(await stopped).toBe(130);
    expect((await terminal.screen()).join('\n')).toContain('mixnas resume slow-1');
  });
});

describe('signals', () => {
  const children: ChildProcess[] = [];
  afterAll(() => {
    for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
  });

  /** A search in a process of its own, with what it prints on stderr. */
  function start(path: string): {
    child: ChildProcess;
    says: (text: string) => Promise<void>;
    code: Promise<number | null>;
  } {
    const bin = join(packageRoot(), 'bin', 'mixnas.mjs');
    const child = spawn(process.execPath, [bin, 'search', path, '--no-tui'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    children.push(child);
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const code = new Promise<number | null>((resolve) => child.on('exit', resolve));
    const says = (text: string) =>
      new Promise<void>((resolve, reject) => {
        const look = () => void (said.includes(text) && resolve());
        child.stderr?.on('data', look);
        child.on('exit', () => reject(new Error(`it ended with: ${said}`)));
        look();
      });
    return { child, says, code };
  }

  it('Ctrl-C saves, exits with 130, and resume continues with every finished trial', async () => {
    const { child, says, code } = start(config('slow', slow));
    await says('trial');
    child.kill('SIGINT');
    expect(await code).toBe(130);
    const journal = readFileSync(join(runs(), 'slow-1', 'journal.jsonl'), 'utf8');
    expect(journal).toContain('"reason":"interrupted"');
    const done = journal.match(/"type":"tell"/g)?.length ?? 0;
    const answer = answerOf(
      await runCli('resume', 'slow-1', '--trials', String(done + 2), '--json'),
    ) as Answer;
    expect(answer.trials).toBe(done + 2);
    expect(readdirSync(join(runs(), 'slow-1'))).toContain('front.csv');
  });
});
