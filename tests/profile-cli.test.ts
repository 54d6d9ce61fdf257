import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadProfile } from '../src/hardware/index.js';
import { answerOf, runCli } from './support/run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'mixnas-profile-cli-'));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A network that no profile has seen, without any time: shapes and fused names only. */
const header = 'model,op,input_padded,in_channels,output,stride,kernel,filters,groups,adreno640_kernel';
const shapes = [
  'CONV_2D,225,3,112,2,3,32,1,conv_1_linked_:_relu_1',
  'DEPTHWISE_CONV_2D,114,32,112,1,3,1,1,depthwise_2_linked_:_relu_2',
  'CONV_2D,112,32,112,1,1,48,1,conv_3',
  'CONV_2D,112,48,112,1,1,96,1,conv_4_linked_:_relu_4',
  'DEPTHWISE_CONV_2D,117,96,56,2,5,1,1,depthwise_5_linked_:_relu_5',
  'MEAN,56,96,96,,0,,,mean_6',
  'CONV_2D,1,96,1,1,1,24,1,conv_7_linked_:_relu_7',
  'CONV_2D,1,24,1,1,1,96,1,conv_8_linked_:_logistic_8',
  'CONV_2D,56,96,56,1,1,64,1,conv_9_linked_:_add_9',
];
const rowsOf = (...models: string[]) => models.flatMap((m) => shapes.map((shape) => `${m},${shape}`));
const ops = file('ops.csv', [header, ...rowsOf('unseen-a', 'unseen-b')].join('\n'));
const e2eHeader = 'model,adreno640_mean_us,adreno640_std_us,mali_g76_mean_us';
const e2e = file('e2e.csv', `${e2eHeader}\nunseen-a,5000,40,9000\nunseen-b,6000,40,\nother,1,1,1\n`);

describe('mixnas profile list --devices', () => {
  it('groups all profiles by chip, with one rule for names, what they were made from and their error', async () => {
    const { chips } = answerOf(await runCli('profile', 'list', '--devices', '--json')) as {
      chips: {
        chip: string;
        devices: string[];
        profiles: {
          name: string;
          also?: string;
          unit: string;
          year: string;
          made: string;
          networks: number;
        }[];
      }[];
    };
    const profiles = chips.flatMap((chip) => chip.profiles);
    for (const { name, unit, year } of profiles) {
      expect(name).toMatch(/^[a-z0-9-]+-(cpu|gpu|npu)(-[a-z]+)*(-[1-9]t)?-(float|fp16|int8)$/);
      expect(name).toContain(`-${unit.toLowerCase()}-`);
      expect(year).toMatch(/^20\d\d$/);
    }
    const of = (name: string) => profiles.find((profile) => profile.name === name);
    expect(of('galaxy-s10-gpu-fp16')).toMatchObject({ also: 'mali-g76', made: 'kernel table', networks: 96 });
    expect(of('pixel4-cpu-big-1t-float')).toMatchObject({ made: 'whole networks', networks: 96 });
    expect(of('raspberry-pi-4b-cpu-int8')).toMatchObject({
      made: 'transferred from mi8se-cpu-big-1t-int8',
      networks: 2,
    });
    expect(chips.find(({ chip }) => chip === 'Snapdragon 855')?.profiles.map((p) => p.unit)).toContain('GPU');
    const { stdout } = await runCli('profile', 'list', '--devices');
    expect(stdout).toMatch(/\nSnapdragon 855 {2}Google Pixel 4\n/);
  });

  it('prices by either name of a profile, and calls it as it was asked for', async () => {
    const report = answerOf(
      await runCli(
        'predict',
        'mixnet-s',
        '--profile',
        'galaxy-s10-gpu-fp16',
        '--profile',
        'mali-g76',
        '--json',
      ),
    ) as { predictions: { profile: string; latencyMs: number }[] };
    const [rule, old] = report.predictions;
    expect([rule?.profile, old?.profile]).toEqual(['galaxy-s10-gpu-fp16', 'mali-g76']);
    expect(rule?.latencyMs).toBe(old?.latencyMs);
  });
});

describe('mixnas profile show', () => {
  it('draws predicted over measured, in the terminal and as an SVG file', async () => {
    const svg = join(folder, 'new', 'pixel4.svg');
    const { stdout } = await runCli('profile', 'show', 'pixel4-cpu-big-1t-float', '--svg', svg);
    expect(stdout).toContain('predicted ms');
    expect(stdout).toMatch(/96 networks that the profile was fitted to/);
    const picture = readFileSync(svg, 'utf8');
    expect(picture).toMatch(/^<svg/);
    expect(picture.match(/aria-label="[^"]*measured [\d.,]+ ms/g)?.length).toBe(96);
  });

  it('says where there is nothing to draw', async () => {
    const outcome = await runCli('profile', 'show', 'ethos-u65', '--svg', join(folder, 'no.svg'));
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain('ethos-u65: there are no measured networks to draw.');
  });
});

describe('mixnas profile validate', () => {
  it('judges a CPU by columns that name a setting', async () => {
    const settings = file(
      'settings.csv',
      'model,pixel4|1large|float|mean,pixel4|1large|float|std\nunseen-a,9000,40\nunseen-b,9500,40\n',
    );
    const args = ['--ops', ops, '--e2e', settings, '--prefix', 'pixel4|1large|float|', '--json'];
    const report = answerOf(await runCli('profile', 'validate', 'pixel4-cpu-big-1t-float', ...args)) as {
      models: { predictedMs: number; measuredMs: number }[];
    };
    expect(report.models.map((m) => m.measuredMs)).toEqual([9, 9.5]);
    for (const { predictedMs } of report.models) expect(predictedMs).toBeGreaterThan(1);
  });

  it('compares unseen networks, from their shapes alone, with what was measured', async () => {
    const outcome = await runCli('profile', 'validate', 'adreno-640', '--ops', ops, '--e2e', e2e, '--json');
    const report = answerOf(outcome) as {
      models: { model: string; predictedMs: number; lowMs: number; highMs: number; errorPct: number }[];
      mape: number;
    };
    expect(Object.keys(report)).toEqual([
      'profile',
      'models',
      'mape',
      'within5',
      'within10',
      'spearman',
      'coverage90',
    ]);
    expect(report.models.map((m) => m.model)).toEqual(['unseen-a', 'unseen-b']);
    const [a, b] = report.models as [(typeof report.models)[0], (typeof report.models)[0]];
    expect(Object.keys(a)).toEqual(['model', 'predictedMs', 'lowMs', 'highMs', 'measuredMs', 'errorPct']);
    expect(b.predictedMs).toBe(a.predictedMs);
    expect(a.lowMs).toBeLessThan(a.predictedMs);
    expect(a.errorPct).toBeCloseTo(100 * (a.predictedMs / 5 - 1), 9);
    expect(report.mape).toBeCloseTo((Math.abs(a.errorPct) + Math.abs(b.errorPct)) / 2, 9);
    expect(outcome.stderr).toContain('lists no device kernels of them: other');
  });

  it('takes the columns of the device, and leaves out networks without a time there', async () => {
    const args = ['--ops', ops, '--e2e', e2e, '--json'];
    const report = answerOf(await runCli('profile', 'validate', 'mali-g76', ...args)) as {
      models: { model: string; measuredMs: number }[];
    };
    expect(report.models.map((m) => [m.model, m.measuredMs])).toEqual([['unseen-a', 9]]);
  });

  it('uses no table entry that came from a network of the same name, but those of others', async () => {
    const profile = structuredClone(loadProfile('adreno-640'));
    const { table } = profile;
    const us = 123_456;
    // The depthwise 5 of the files, as a network called unseen-a would have left it in the table.
    table.entries.push({
      op: 'depthwise',
      shape: [56, 96, 96, 5, 2, 1, 1, 0],
      us: [us],
      models: [table.models.push('unseen-a') - 1],
    });
    const path = file('with-entry.json', JSON.stringify(profile));
    const predict = async (model: string) => {
      const own = file('own.csv', [header, ...rowsOf(model)].join('\n'));
      const whole = file('whole.csv', `${e2eHeader}\n${model},5000,40,9000\n`);
      const outcome = await runCli('profile', 'validate', path, '--ops', own, '--e2e', whole, '--json');
      return (answerOf(outcome) as { models: { predictedMs: number }[] }).models[0]?.predictedMs as number;
    };
    expect(await predict('unseen-a')).toBeLessThan(us / 1000);
    expect(await predict('unseen-b')).toBeGreaterThan(us / 1000);
  });

  it('refuses to cross-validate a profile of one measured network', async () => {
    const args = ['profile', 'validate', 'ethos-u55', '--cross-validate', 'model'];
    const { code, stdout, stderr } = await runCli(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/ethos-u55: fewer than two networks were measured/);
  });

  it.each([
    ['nothing to compare with', [], /with --ops and --e2e/],
    ['a missing file', ['--ops', 'no.csv', '--e2e', 'no.csv'], /no\.csv: no such file/],
    ['a wrong header', ['--ops', e2e, '--e2e', e2e], /there is no column op/],
    [
      'a cut-off file',
      ['--ops', file('cut.csv', `${header}\na,CONV_2D,3`), '--e2e', e2e],
      /line 2 has 3 of 10/,
    ],
    [
      'no network in common',
      ['--ops', ops, '--e2e', file('x.csv', `${e2eHeader}\nz,1,1,1`)],
      /No network is in/,
    ],
    [
      'a negative time',
      ['--ops', ops, '--e2e', file('n.csv', `${e2eHeader}\nz,-1,1,1`)],
      /is -1, not above 0/,
    ],
    ['a wrong word', ['--cross-validate', 'everything'], /Allowed choices are family, model/],
  ])('refuses %s in one sentence, with exit code 2', async (_what, args, message) => {
    const { code, stdout, stderr } = await runCli('profile', 'validate', 'adreno-640', ...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });
});
