import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../src/base/index.js';
import { createPredictor, loadProfile, mapKernels } from '../src/hardware/index.js';
import { lower, referenceArchitecture } from '../src/models/index.js';
import { answerOf, runCli } from './support/run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'mixnas-tune-'));
const own = join(folder, 'profiles');
const before = process.env['MIXNAS_PROFILES'];
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
beforeAll(() => {
  process.env['MIXNAS_PROFILES'] = own;
});
afterAll(() => {
  if (before === undefined) delete process.env['MIXNAS_PROFILES'];
  else process.env['MIXNAS_PROFILES'] = before;
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  readonly profile: string;
  readonly path: string;
  readonly kernels: number;
  readonly warnings: readonly string[];
  readonly suggestions: readonly {
    readonly file: string;
    readonly newKernels: number;
    readonly gain: number;
  }[];
}
const tune = async (...args: string[]) =>
  answerOf(await runCli('profile', 'tune', ...args, '--json')) as Answer;

const latencyOf = (model: string, resolution: number, profile: string) =>
  createPredictor(loadProfile(profile)).latencyMs(lower(referenceArchitecture(model), { resolution }));

/** Kernels of a device whose every kernel costs 20 µs and its multiplications. */
function kernelCsv(count: number, seed: string): string[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const op = random.pick(['conv', 'depthwise']);
    const size = random.pick([7, 14, 28, 56]);
    const output = 8 * (1 + random.int(30));
    const input = op === 'depthwise' ? output : 8 * (1 + random.int(30));
    const kernel = op === 'depthwise' ? random.pick([3, 5, 7]) : 1;
    const macs = size * size * kernel * kernel * output * (op === 'conv' ? input : 1);
    return `${op},${size},${input},${output},${kernel},1,${(20 + macs / 5e4).toFixed(3)}`;
  });
}
const kernelHeader = 'op,size,input,output,kernel,stride,us';
const timedKernels = (seed: string) => [kernelHeader, ...kernelCsv(120, seed)].join('\n');

/** Tunes profile `name` from five networks, each `times` as slow as on the Adreno 640. */
async function tuneFromNetworks(name: string, times: number): Promise<Answer> {
  const rows = [128, 160, 192, 224, 256].map((resolution) => {
    const net = { ...referenceArchitecture('mixnet-m'), name: `m${resolution}`, resolution };
    file(`${name}-${resolution}.json`, JSON.stringify(net));
    // The paths are relative to the CSV that they stand in.
    return `${name}-${resolution}.json,${times * latencyOf('mixnet-m', resolution, 'adreno-640')}`;
  });
  const networks = file(`${name}.csv`, ['model,ms', ...rows].join('\n'));
  return tune(name, '--like', 'adreno-640', '--networks', networks);
}

describe('mixnas profile tune', () => {
  it('recalibrates a sibling from a few networks, whose profile every command then finds by name', async () => {
    const answer = await tuneFromNetworks('sibling', 1.4);
    expect(answer.path).toBe(join(own, 'sibling.json'));
    expect(answer.warnings).toEqual([]);
    expect(existsSync(join(own, 'data', 'sibling.json'))).toBe(true);
    const outcome = await runCli('predict', 'mixnet-l', '--profile', 'sibling', '--json');
    const { predictions } = answerOf(outcome) as { predictions: { latencyMs: number }[] };
    const ratio = (predictions[0]?.latencyMs as number) / latencyOf('mixnet-l', 224, 'adreno-640');
    expect(ratio).toBeGreaterThan(1.33);
    expect(ratio).toBeLessThan(1.47);
  });

  it('cross-validates a recalibrated profile by recalibrating it without each network', async () => {
    await tuneFromNetworks('cousin', 1.2);
    const crossValidate = ['cousin', '--cross-validate', 'model', '--json'];
    const { code, stdout } = await runCli('profile', 'validate', ...crossValidate);
    const { models, mape } = JSON.parse(stdout) as { models: unknown[]; mape: number };
    expect([code, models.length]).toEqual([0, 5]);
    const { error } = loadProfile('cousin');
    expect(mape).toBeCloseTo(error?.mape ?? 0, 1);
  });

  it('fits timed kernels, and the order of their rows changes nothing', async () => {
    const rows = kernelCsv(120, 'rows');
    const kernels = file('k.csv', [kernelHeader, ...rows].join('\n'));
    const shuffled = file('k2.csv', [kernelHeader, ...createRandom(2).shuffle([...rows])].join('\n'));
    const first = await tune('by-kernels', '--kernels', kernels, '--unit', 'CPU');
    const text = readFileSync(first.path, 'utf8');
    await tune('by-kernels', '--kernels', shuffled, '--unit', 'CPU');
    expect(readFileSync(first.path, 'utf8')).toBe(text);
    expect(loadProfile('by-kernels')).toMatchObject({ unit: 'CPU', precision: 'fp32' });
  });

  it('finds by least squares what launches and multiplications cost, from whole networks and op lists', async () => {
    const random = createRandom('lists');
    const lists: string[] = [];
    const times = Array.from({ length: 30 }, (_, i) => {
      const kernels = kernelCsv(5 + random.int(20), `net${i}`);
      lists.push(...kernels.map((row) => `net${i},${row.slice(0, row.lastIndexOf(','))}`));
      return `net${i},${kernels.reduce((sum, row) => sum + Number(row.split(',').at(-1)), 0) / 1000}`;
    });
    const networks = file('nets.csv', ['model,ms', ...times].join('\n'));
    const opLists = file('lists.csv', ['model,op,size,input,output,kernel,stride', ...lists].join('\n'));
    await tune('by-networks', '--networks', networks, '--op-lists', opLists, '--unit', 'CPU');
    const { error, table } = loadProfile('by-networks');
    expect(table.entries).toEqual([]);
    expect(error?.networks).toBe(30);
    expect(error?.mape).toBeLessThan(3);
  });

  it('reads the columns of mobile-ml-benchmark, with end-to-end times by the names of the networks', async () => {
    const header =
      'model,op,input_padded,in_channels,output,stride,kernel,filters,groups,phone_us,phone_kernel';
    const rows = [16, 24, 32, 48, 64, 96].flatMap((c) => [
      `net${c},CONV_2D,225,3,112,2,3,${c},1,${100 + c},conv_linked_:_relu`,
      `net${c},MEAN,112,${c},${c},,0,,,${10 + c},mean`,
      `net${c},CONV_2D,1,${c},1,1,1,8,1,5,conv_linked_:_relu`,
      `net${c},CONV_2D,1,8,1,1,1,${c},1,5,conv_linked_:_logistic`,
    ]);
    const kernels = file('gpu_ops.csv', [header, ...rows].join('\n'));
    const ends = [16, 24, 32, 48, 64, 96].map((c) => `net${c},${1000 + 2 * c}`);
    const networks = file('gpu_e2e.csv', ['model,phone_mean_us', ...ends].join('\n'));
    const { kernels: count } = await tune(
      'phone',
      '--kernels',
      kernels,
      '--networks',
      networks,
      '--unit',
      'GPU',
    );
    expect(count).toBe(24);
    const data = JSON.parse(readFileSync(join(own, 'data', 'phone.json'), 'utf8')) as {
      networks: { name: string; launches: unknown[]; endToEndUs?: number[] }[];
    };
    // Three rows and the scaling that follows a squeeze-and-excitation, which no row mentions.
    expect(data.networks.map((n) => [n.launches.length, n.endToEndUs?.length])).toEqual(
      Array.from({ length: 6 }, () => [5, 1]),
    );
  });

  it('takes listings of ncnn and MNN, and says which networks it does not know', async () => {
    const listing = file(
      'ncnn.txt',
      '  mine  min = 9  max = 12  avg = 10.5\n  squeezenet  min = 1  max = 2  avg = 1.5\n',
    );
    const { warnings } = await tune(
      'listed',
      '--networks',
      listing,
      '--architecture',
      'mine=mixnet-s',
      '--like',
      'adreno-640',
    );
    expect(warnings[0]).toMatch(/no architecture known: squeezenet/);
    expect(latencyOf('mixnet-s', 224, 'listed')).toBeCloseTo(10.5, 0);
  });

  it('warns of times whose unit must be another', async () => {
    const networks = file('us.csv', 'model,ms\nmixnet-s,20000\nmixnet-m,31000\nmixnet-l,52000\n');
    const like = ['--like', 'adreno-640'];
    const wrong = await tune('units', '--networks', networks, ...like);
    expect(wrong.warnings.join()).toMatch(/are they in ms\?/);
    const rows = kernelCsv(40, 'ns').map((row) => {
      const at = row.lastIndexOf(',');
      return `${row.slice(0, at)},${Number(row.slice(at + 1)) * 1000}`;
    });
    const kernels = file('ns.csv', [kernelHeader, ...rows].join('\n'));
    expect((await tune('units', '--kernels', kernels, ...like)).warnings.join()).toMatch(/are they in µs\?/);
  });

  it('writes what to measure next as architectures and ONNX files, the most telling first', async () => {
    const kernels = file('known.csv', timedKernels('known'));
    const to = join(folder, 'next');
    const { suggestions } = await tune(
      'wants-more',
      '--kernels',
      kernels,
      '--suggest',
      '3',
      '--space',
      'cifar-small',
      '--suggest-to',
      to,
    );
    expect(suggestions).toHaveLength(3);
    expect(readdirSync(to).map((name) => name.split('.').at(-1))).toEqual(
      expect.arrayContaining(['json', 'onnx', 'csv']),
    );
    const gains = suggestions.map((s) => s.gain);
    expect(gains.toSorted((a, b) => b - a)).toEqual(gains);
    const rows = readFileSync(join(to, 'networks.csv'), 'utf8').trim().split('\n');
    // Filled in, the file is what tune takes, its architectures found next to it.
    const filled = file(
      'next/filled.csv',
      rows.map((row, i) => (i === 0 ? row : `${row}${i + 3}`)).join('\n'),
    );
    const { warnings } = await tune('wants-less', '--kernels', kernels, '--networks', filled);
    expect(warnings).toEqual([]);
    // Asked for more, it names others, and what was filled in stays.
    const list = file('next/networks.csv', readFileSync(filled, 'utf8'));
    const { suggestions: more } = await tune(
      'wants-more',
      '--kernels',
      kernels,
      '--networks',
      list,
      '--suggest',
      '2',
      '--space',
      'cifar-small',
      '--suggest-to',
      to,
    );
    const asked = readFileSync(list, 'utf8').trim().split('\n');
    expect(asked.slice(0, 4)).toEqual(readFileSync(filled, 'utf8').trim().split('\n'));
    expect(asked).toHaveLength(6);
    for (const { file: name } of more) expect(suggestions.map((s) => s.file)).not.toContain(name);
  });

  it('takes op profiles of several networks, with the time of each as a whole', async () => {
    const profiled = (model: string, scale: number) => {
      const convolutions = ['conv', 'winograd', 'small-conv', 'grouped', 'dense'];
      const ops = mapKernels(lower(referenceArchitecture(model)), loadProfile('adreno-640').mapping).flatMap(
        ({ op }) =>
          convolutions.includes(op) ? ['CONV_2D'] : op === 'depthwise' ? ['DEPTHWISE_CONV_2D'] : [],
      );
      const rows = ops.map((type, i) => `\t${type}\t1\t${scale / 10}\t1%\t1%\t0\t1\t[op${i}]:${i}`);
      const head = '\t[node type]\t[first]\t[avg ms]\t[%]\t[cdf%]\t[mem KB]\t[times called]\t[Name]';
      const whole = `Inference (avg): ${ops.length * scale * 110}`;
      return file(`${model}.txt`, [whole, head, ...rows].join('\n'));
    };
    const args = ['mixnet-s', 'mixnet-m', 'mixnet-l'].flatMap((model) => [
      '--op-profile',
      profiled(model, 1),
      '--profiled',
      model,
    ]);
    const { kernels, path } = await tune('profiled', ...args, '--unit', 'GPU');
    expect(kernels).toBeGreaterThan(50);
    const data = JSON.parse(readFileSync(join(own, 'data', 'profiled.json'), 'utf8')) as {
      networks: { name: string; endToEndUs?: number[] }[];
    };
    expect([path, data.networks.map((n) => n.name)]).toEqual([
      join(own, 'profiled.json'),
      ['mixnet-l', 'mixnet-m', 'mixnet-s'],
    ]);
    for (const { endToEndUs } of data.networks) expect(endToEndUs?.[0]).toBeGreaterThan(0);
    const one = await runCli('profile', 'tune', 'profiled', ...args.slice(0, 4), '--op-profile', 'x.txt');
    expect([one.code, one.stderr]).toEqual([2, expect.stringMatching(/x\.txt: which architecture/)]);
  });

  it.each([
    ['no file', [], /nothing to fit a profile from/],
    ['a missing column', ['--kernels', ['op,size,us', 'conv,7,1']], /no column input/],
    ['a negative time', ['--kernels', [kernelHeader, 'conv,7,8,8,1,1,-3']], /line 2: us is -3, not above 0/],
    ['NaN', ['--networks', ['model,ms', 'mixnet-s,NaN']], /line 2: ms is "NaN", not a number/],
    ['a cut-off line', ['--networks', ['model,ms', 'mixnet-s,3', 'mixnet']], /line 3 has 1 of 2 fields/],
    ['an unknown network', ['--networks', ['model,ms', 'alexnet,3']], /no architecture is known of alexnet/],
    ['an empty file', ['--networks', ['']], /the file is empty/],
    ['an op profile of nothing known', ['--op-profile', ['x']], /which architecture was profiled/],
    ['kernels without a row', ['--kernels', [kernelHeader]], /no row/],
    ['networks without a row', ['--networks', ['model,ms']], /no row has a time/],
    ['a column twice', ['--networks', ['model,ms,ms', 'mixnet-s,3,3']], /two columns ms/],
  ] as const)('refuses %s with exit code 2 and writes nothing', async (what, [option, lines], message) => {
    const args = option === undefined ? [] : [option, file('bad.csv', (lines ?? []).join('\n'))];
    const name = `bad-${what.replaceAll(/[^a-z]/gi, '').toLowerCase()}`;
    const { code, stdout, stderr } = await runCli('profile', 'tune', name, ...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(existsSync(join(own, `${name}.json`))).toBe(false);
  });

  it('refuses a name that no profile may have', async () => {
    const kernels = file('proper.csv', timedKernels('proper'));
    const { code, stderr } = await runCli('profile', 'tune', 'My Phone', '--kernels', kernels);
    expect(code).toBe(2);
    expect(stderr).toMatch(/`name`: a name is lower case/);
  });
});

describe('profile tune --like auto', () => {
  const models = [
    'mixnet-s',
    'mixnet-m',
    'mixnet-l',
    'mobilenet-v2',
    'mobilenet-v3-large',
    'mobilenet-v3-small',
  ];
  /** A GPU that is half an Adreno 640 and half a Mali-G76, and a third slower than both. */
  const msOf = (model: string) =>
    (4 / 3) * (latencyOf(model, 224, 'adreno-640') / 2 + latencyOf(model, 224, 'mali-g76') / 2);
  const csv = (names: readonly string[]) => ['model,ms', ...names.map((m) => `${m},${msOf(m)}`)].join('\n');
  const auto = (name: string, networks: string, ...more: string[]) => [
    'profile',
    'tune',
    name,
    '--like',
    'auto',
    '--networks',
    file(`${name}.csv`, networks),
    ...more,
  ];

  it('mixes devices, predicts others, and says what more networks would give', async () => {
    const args = auto('between', csv(models), '--unit', 'GPU', '--resolution', '224');
    const { transfer } = answerOf(await runCli(...args, '--json')) as {
      transfer: {
        sources: { profile: string; share: number }[];
        leftOut: { mixture: number; scaled: number };
        expected: { networks: number; mape: number }[];
      };
    };
    expect(transfer.sources.length).toBeGreaterThan(1);
    expect(transfer.leftOut.mixture).toBeLessThan(15);
    expect(transfer.expected.map(({ networks }) => networks)).toEqual([5, 10, 20, 40]);
    for (const model of ['ghostnet-1.0', 'efficientnet-lite0']) {
      expect(latencyOf(model, 224, 'between') / msOf(model)).toBeGreaterThan(0.8);
      expect(latencyOf(model, 224, 'between') / msOf(model)).toBeLessThan(1.25);
    }
    const { stdout } = await runCli(...args);
    expect(stdout).toContain('a mixture of other devices');
    expect(stdout).toContain('error to expect with 5 more');
    const judged = await runCli('profile', 'validate', 'between', '--cross-validate', 'model', '--json');
    expect((answerOf(judged) as { mape: number }).mape).toBeLessThan(20);
  });

  it('asks what unit the device is, and for whole networks', async () => {
    const unit = await runCli(...auto('what', csv(models.slice(0, 2))));
    expect([unit.code, unit.stderr]).toEqual([2, expect.stringContaining('--unit')]);
    const kernels = file('auto-kernels.csv', timedKernels('auto'));
    const timed = await runCli(...auto('what', csv(models), '--unit', 'GPU', '--kernels', kernels));
    expect([timed.code, timed.stderr]).toEqual([2, expect.stringContaining('whole networks only')]);
  });
});
