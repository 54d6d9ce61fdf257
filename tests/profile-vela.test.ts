/** `profile tune --vela`: the figures of Arm's compiler for eight whole networks, as simulated rows. */
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packageRoot } from '../src/base/index.js';
import { answerOf, runCli } from './support/run-cli.js';

let folder: string;
const before = process.env['MIXNAS_PROFILES'];
const names = Array.from({ length: 8 }, (_, i) => `cifar-small-0${i}`);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mixnas-vela-'));
  cpSync(join(packageRoot(), 'tests/fixtures/vela'), folder, { recursive: true });
  process.env['MIXNAS_PROFILES'] = join(folder, 'profiles');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  if (before === undefined) Reflect.deleteProperty(process.env, 'MIXNAS_PROFILES');
  else process.env['MIXNAS_PROFILES'] = before;
});

const layers = (name: string) => join(folder, `${name}_per-layer.csv`);
const summary = (name: string) => join(folder, `${name}_summary_Ethos_U65_High_End.csv`);
const tune = (name: string, ...files: string[]) =>
  runCli('profile', 'tune', name, ...files.flatMap((file) => ['--vela', file]));

interface Table {
  readonly kind: string;
  readonly entries: readonly {
    readonly op: string;
    readonly shape: readonly number[];
    readonly us: readonly number[];
  }[];
}
interface Profile {
  readonly unit: string;
  readonly precision: string;
  readonly chip: string;
  readonly runtime: { readonly name: string };
  readonly sources: readonly { readonly kind: string }[];
  readonly table: Table;
}
const profileOf = (name: string) =>
  JSON.parse(readFileSync(join(folder, 'profiles', `${name}.json`), 'utf8')) as Profile;
const cyclesOf = (name: string) =>
  Number(readFileSync(summary(name), 'utf8').trim().split('\n')[1]?.split(',').at(-1));

test('operators become device kernels that are marked as simulated, and networks are told by their summary', async () => {
  const outcome = await runCli(
    'profile',
    'tune',
    'npu',
    '--json',
    ...names.flatMap((name) => ['--vela', layers(name), '--vela', summary(name)]),
  );
  const answer = answerOf(outcome) as { kernels: number; error: { networks: number; mape: number } };
  expect(answer.error.networks).toBe(8);
  expect(answer.kernels).toBeGreaterThan(150);
  const profile = profileOf('npu');
  expect(profile).toMatchObject({
    unit: 'NPU',
    precision: 'int8',
    chip: 'Ethos_U65_256, Dedicated_Sram',
    runtime: { name: 'Arm Vela, estimated' },
  });
  expect([profile.table.kind, profile.sources[0]?.kind]).toEqual(['simulated', 'simulated']);
  const entry = (op: string, shape: number[]) =>
    profile.table.entries.find((e) => e.op === op && JSON.stringify(e.shape) === JSON.stringify(shape));
  // At 1 GHz a cycle is a nanosecond, and profiles keep five digits. cifar-small-00 begins with 3 to 16 channels at 112x112: 786,432 cycles.
  expect(Math.min(...(entry('conv', [112, 3, 16, 3, 2, 1, 1, 0])?.us ?? []))).toBeCloseTo(786.432, 1);
  // Its first mixed convolution copies two parts of 756,941 cycles each.
  expect(
    profile.table.entries.some((e) => e.op === 'concat' && e.us.some((us) => Math.abs(us - 1513.882) < 0.1)),
  ).toBe(true);
  // Swish is a logistic of 200,704 cycles and a multiplication of 107,042, each a device kernel of its own.
  const elementwise = (reads: number, us: number) =>
    profile.table.entries.some(
      (e) => e.op === 'elementwise' && e.shape[3] === reads && e.us.some((one) => Math.abs(one - us) < 0.01),
    );
  expect([elementwise(1, 200.704), elementwise(2, 107.042)]).toEqual([true, true]);

  // The network whose operators it knows is predicted as the compiler estimates it.
  for (const name of names.slice(0, 3)) {
    const predicted = await runCli('predict', join(folder, `${name}.json`), '--profile', 'npu', '--json');
    const { latencyMs, simulated } = find(answerOf(predicted));
    expect(latencyMs / (cyclesOf(name) / 1e6)).toBeGreaterThan(0.9);
    expect(latencyMs / (cyclesOf(name) / 1e6)).toBeLessThan(1.1);
    expect(simulated).toBe(true);
  }
});

/** The latency in an answer of `predict`, and whether it calls something simulated. */
function find(answer: unknown): { latencyMs: number; simulated: boolean } {
  const text = JSON.stringify(answer);
  return { latencyMs: Number(/"latencyMs":([\d.]+)/.exec(text)?.[1]), simulated: text.includes('simulated') };
}

test('summaries alone are whole networks; operators alone need the clock', async () => {
  expect((await tune('wholes', ...names.map(summary))).code).toBe(0);
  expect(profileOf('wholes').table.entries).toHaveLength(0);
  const [name = ''] = names;
  const none = await tune('x', layers(name));
  expect([none.code, none.stderr]).toEqual([
    2,
    expect.stringMatching(/counts cycles.*summary of cifar-small-00.*--clock MHZ/s),
  ]);
  const half = await runCli('profile', 'tune', 'half', '--vela', layers(name), '--clock', '500');
  expect(half.code).toBe(0);
  const stem = profileOf('half').table.entries.find(({ op, shape }) => op === 'conv' && shape[1] === 3);
  expect(stem?.us[0]).toBeCloseTo(2 * 786.432, 1);
});

test('newer headers, several parts on the NPU, and operators on the CPU are read', async () => {
  const [name = ''] = names;
  const [header = '', ...rows] = readFileSync(layers(name), 'utf8').trim().split(/\r?\n/);
  const newer = (row: string, target: string) => row.replace(/^([^,]*),([^,]*),/, `$1,$2,${target},`);
  const text = [
    newer(
      header.replace('TFLite_operator', 'Original Operator').replace('SRAM Usage', 'Staging Usage'),
      'Target',
    ),
    ...rows.slice(0, 40).map((row) => newer(row, row.endsWith(',stem.conv') ? 'CPU' : 'NPU')),
    newer(
      header.replace('TFLite_operator', 'Original Operator').replace('SRAM Usage', 'Staging Usage'),
      'Target',
    ),
    ...rows.slice(40).map((row) => newer(row, 'NPU')),
  ].join('\n');
  const path = join(folder, 'newer', `${name}_per-layer.csv`);
  cpSync(join(folder, `${name}.json`), join(folder, 'newer', `${name}.json`));
  writeFileSync(path, `${text}\n`);
  const { code, stderr } = await runCli('profile', 'tune', 'newer', '--vela', path, '--clock', '1000');
  expect([code, stderr]).toEqual([0, expect.stringMatching(/1 operators run on the CPU \(stem\.conv\)/)]);
  const { entries } = profileOf('newer').table;
  expect(entries.some(({ shape }) => shape[1] === 3)).toBe(false);
  expect(entries.length).toBeGreaterThan(40);
});

test.each<[string, (text: string) => string, RegExp]>([
  ['cut off', (text) => text.trim().slice(0, -40), /line \d+ has \d+ of 15 fields; is the file cut off/],
  [
    'without its header',
    (text) => text.slice(text.indexOf('\n') + 1),
    /neither a summary of Vela nor its operators/,
  ],
  [
    'with words for cycles',
    (text) => text.replace('786432', 'many'),
    /line 2: Op Cycles is many, not a number/,
  ],
  [
    'of another network',
    (text) => text.replaceAll(/(stem|blocks|head)\./g, 'model/$1_'),
    /none of its \d+ operators is named after a layer/,
  ],
  ['without operators', (text) => text.slice(0, text.indexOf('\n') + 1), /lists no operator/],
])('a file that is %s is refused in words', async (_, change, message) => {
  const [name = ''] = names;
  const bad = join(folder, 'bad');
  cpSync(join(folder, `${name}.json`), join(bad, `${name}.json`));
  writeFileSync(join(bad, `${name}_per-layer.csv`), change(readFileSync(layers(name), 'utf8')));
  const { code, stderr } = await runCli(
    'profile',
    'tune',
    'bad',
    '--vela',
    join(bad, `${name}_per-layer.csv`),
    '--clock',
    '1000',
  );
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
});

test('two configurations, measurements beside estimates, and an unknown network are refused', async () => {
  const [first = '', second = ''] = names;
  const other = join(folder, 'other_summary.csv');
  writeFileSync(other, readFileSync(summary(second), 'utf8').replace('Dedicated_Sram', 'Sram_Only'));
  expect((await tune('x', summary(first), other)).stderr).toMatch(
    /Sram_Only, the first summary for .*Dedicated_Sram/,
  );
  expect((await tune('x', summary(first), summary(first))).stderr).toMatch(/was compiled twice/);
  const mixed = await runCli(
    'profile',
    'tune',
    'x',
    '--vela',
    summary(first),
    '--networks',
    join(folder, 'n.csv'),
  );
  expect([mixed.code, mixed.stderr]).toEqual([2, expect.stringMatching(/do not mix in one profile/)]);
  writeFileSync(other, readFileSync(summary(first), 'utf8').replace(first, 'unheard'));
  expect((await tune('x', other)).stderr).toMatch(
    /no architecture is known of unheard.*--architecture unheard=FILE/s,
  );
  expect((await runCli('profile', 'tune', 'x', '--clock', '5', '--networks', other)).stderr).toMatch(
    /--clock is for --vela/,
  );
  expect(readdirSync(join(folder, 'profiles')).filter((file) => file.startsWith('x'))).toEqual([]);
});
