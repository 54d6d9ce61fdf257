/** `profile measure --adb` and `--ssh`, `profile kit`: on stand-ins of adb, ssh and benchmark_model. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { writeKit } from '../src/app/index.js';
import { packageRoot } from '../src/base/index.js';
import { tflite } from '../src/formats/index.js';
import { answerOf, runCli } from './support/run-cli.js';
import { type FakePhone, fakePhone, serial } from './support/phone/index.js';

const folder = mkdtempSync(join(tmpdir(), 'mixnas-kit-'));
const kit = join(folder, 'kit');
let phone: FakePhone;
/** The networks in the order in which they are measured. */
let order: readonly string[] = [];
const before = { ...process.env };

/** Small networks, so that logs are made in a second; what is measured of them is made up anyhow. */
const plan = { space: 'cifar-small', resolution: 32, networks: 8 };
const flags = ['--space', plan.space, '--resolution', '32', '--networks', '8', '--kernels', '0'];

beforeAll(() => {
  order = writeKit(kit, plan).networks;
}, 120_000);
beforeEach(() => {
  phone = fakePhone();
  phone.prepare(join(kit, 'models'));
  Object.assign(process.env, phone.env, {
    MIXNAS_CACHE: join(phone.folder, 'cache'),
    MIXNAS_PROFILES: join(phone.folder, 'profiles'),
  });
  phone.plug([serial, 'device']);
});
afterEach(() => {
  rmSync(phone.folder, { recursive: true, force: true });
  for (const name of ['PATH', 'FAKE_PHONE', 'MIXNAS_CACHE', 'MIXNAS_PROFILES']) {
    if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = before[name];
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const networks = () => order;
const measure = (...more: string[]) =>
  runCli(
    'profile',
    'measure',
    '--adb',
    ...more,
    '--benchmark',
    phone.benchmark,
    '--name',
    'my-phone',
    ...flags,
  );

interface Answer {
  readonly path: string;
  readonly models: number;
  readonly kernels: number;
  readonly error?: { readonly mape: number; readonly networks: number };
  readonly failed: readonly { readonly name: string; readonly message: string }[];
}

test('a phone is measured, and its profile tells the error on networks left out', async () => {
  const outcome = await measure(serial, '--json', '--cores', '4-7', '--threads', '2');
  const answer = answerOf(outcome) as Answer;
  expect(answer).toMatchObject({ models: 8, failed: [], error: { networks: 8 } });
  expect(answer.error?.mape).toBeLessThan(10);
  const profile = JSON.parse(readFileSync(answer.path, 'utf8')) as {
    unit: string;
    table: { entries: { op: string }[] };
  };
  expect(profile.unit).toBe('CPU');
  // Not only convolutions: splits, swish and joins were timed too.
  const ops = new Set(profile.table.entries.map(({ op }) => op));
  for (const op of ['conv', 'depthwise', 'slice', 'concat', 'elementwise', 'mean']) expect(ops).toContain(op);
  // Each network ran once for its time and once for its operators, pinned and with the threads asked for.
  expect(phone.runs()).toHaveLength(16);
  for (const run of phone.runs())
    expect(run).toMatch(/--num_threads=2 --warmup_runs=3 .*--use_xnnpack=true$/);
  expect(phone.runs().filter((run) => run.includes('--enable_op_profiling=true'))).toHaveLength(8);
  // Nothing is left on the phone, and nothing in the cache.
  expect(existsSync(join(phone.folder, 'data/local/tmp/mixnas'))).toBe(false);
  expect(readdirSync(join(phone.folder, 'cache/measure'))).toEqual([]);
});

test('of several phones one must be named, and only a phone that is there', async () => {
  phone.plug([serial, 'device'], ['emulator-5554', 'device']);
  const several = await measure();
  expect([several.code, several.stderr]).toEqual([
    2,
    expect.stringMatching(/adb sees 2 phones: R58M12ABCDE, emulator-5554.*--adb R58M12ABCDE/s),
  ]);
  const other = await measure('R00');
  expect([other.code, other.stderr]).toEqual([
    2,
    expect.stringMatching(/adb sees no phone R00.*It sees R58M12ABCDE, emulator-5554/s),
  ]);
});

test.each([
  ['unauthorized', /does not allow this computer.*Allow USB debugging/s],
  ['offline', /is offline.*adb reconnect offline/s],
  [
    'no permissions (missing udev rules? user is in the plugdev group); see [http://developer.android.com/tools/device.html]',
    /may not open the USB connection.*udev rules/s,
  ],
  ['recovery', /is in the state "recovery".*Start Android/s],
])('a phone that is %s is refused in words', async (state, message) => {
  phone.plug([serial, state]);
  const { code, stderr } = await measure();
  expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
  expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(3);
});

test('without a phone, without adb and without benchmark_model it is said what to do', async () => {
  phone.plug();
  expect((await measure()).stderr).toMatch(/adb sees no phone.*switch on USB debugging/s);
  process.env['PATH'] = '/nowhere';
  expect((await measure()).stderr).toMatch(/no program adb on the PATH.*platform-tools/s);
  const missing = await runCli('profile', 'measure', '--adb', '--benchmark', join(folder, 'none'), ...flags);
  expect([missing.code, missing.stderr]).toEqual([2, expect.stringMatching(/there is no such file/)]);
  const none = await runCli('profile', 'measure', '--adb', ...flags);
  expect([none.code, none.stderr]).toEqual([2, expect.stringMatching(/--benchmark FILE/)]);
  const host = await runCli('profile', 'measure', '--unit', 'gpu');
  expect([host.code, host.stderr]).toEqual([2, expect.stringMatching(/--unit is for a phone or a board/)]);
});

test('after a pulled cable it waits, continues, and measures nothing twice', async () => {
  const [first = '', second = '', third = ''] = networks();
  phone.write('model-faults', `${third} pull\n`);
  phone.write('back-after', '1');
  const outcome = await measure('--json');
  expect(outcome.stderr).toMatch(/The connection to the phone R58M12ABCDE broke\. Waiting up to 300 s/);
  expect(outcome.stderr).toMatch(/The phone R58M12ABCDE is back\./);
  expect((answerOf(outcome) as Answer).models).toBe(8);
  const count = (name: string) =>
    phone.runs().filter((run) => run.startsWith(`benchmark_model ${name} `)).length;
  expect([count(first), count(second), count(third)]).toEqual([2, 2, 3]);
}, 300_000);

test('when it does not come back the command ends, and the same command continues', async () => {
  const third = networks()[2] ?? '';
  phone.write('model-faults', `${third} pull\n`);
  const { code, stderr } = await measure('--wait', '0');
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(
      /connection to the phone R58M12ABCDE broke.*same command again: what was measured is kept/s,
    ),
  ]);
  const runs = phone.runs().length;
  expect(runs).toBe(5);
  phone.plug([serial, 'device']);
  expect((answerOf(await measure('--json')) as Answer).models).toBe(8);
  // The one that was cut off is the only one that ran again.
  expect(phone.runs().length - runs).toBe(12);
});

test('a phone without space, a program that is killed and one for another processor end in one sentence each', async () => {
  phone.write('full', 'benchmark_model');
  const full = await measure();
  expect([full.code, full.stderr]).toEqual([
    2,
    expect.stringMatching(/no space left on the phone R58M12ABCDE.*Free some/s),
  ]);
  rmSync(join(phone.folder, 'full'));

  phone.write('error', '/system/bin/sh: ./benchmark_model: not executable: 64-bit ELF file\n');
  const other = await measure();
  expect([other.code, other.stderr]).toEqual([
    1,
    expect.stringMatching(/does not run on this device.*android_aarch64/s),
  ]);
  rmSync(join(phone.folder, 'error'));

  phone.write(
    'model-faults',
    networks()
      .map((name) => `${name} killed\n`)
      .join(''),
  );
  const killed = await measure();
  expect([killed.code, killed.stderr]).toEqual([
    1,
    expect.stringMatching(/benchmark_model was killed on the phone.*Close other apps/s),
  ]);
});

test('a model that the device does not run is left out and named; what was hot is measured again', async () => {
  const [first = '', second = '', third = ''] = networks();
  phone.write('model-faults', `${second} killed\n${third} heat\n`);
  const outcome = await measure('--json');
  const answer = answerOf(outcome) as Answer;
  expect(answer).toMatchObject({ models: 7, failed: [{ name: second }] });
  expect(outcome.stderr).toMatch(
    new RegExp(`${third} is measured again: its thermal status is 3 after it ran`),
  );
  expect(outcome.stderr).toMatch(/too hot to measure: its thermal status is 3\. Waiting for it to cool/);
  expect(phone.runs().filter((run) => run.startsWith(`benchmark_model ${first} `))).toHaveLength(2);
  expect(phone.runs().filter((run) => run.startsWith(`benchmark_model ${third} `))).toHaveLength(3);
}, 300_000);

test('the GPU recalibrates a sibling, and a model that it does not take is no measurement of it', async () => {
  const gpu = [...flags, '--unit', 'gpu', '--like', 'adreno-640', '--keep', join(folder, 'gpu')];
  const models = join(folder, 'gpu', 'models');
  // The networks differ from those of the CPU: a first call that fails writes them.
  phone.write('full', 'benchmark_model');
  await measure(...gpu.slice(flags.length));
  rmSync(join(phone.folder, 'full'));
  phone.prepare(models);
  const last = readdirSync(models).at(-1)?.slice(0, -7) ?? '';
  phone.write('model-faults', `${last} delegate\n`);
  const outcome = await measure(...gpu.slice(flags.length), '--json');
  const answer = answerOf(outcome) as Answer;
  expect(answer).toMatchObject({
    models: 7,
    failed: [{ name: last, message: expect.stringMatching(/delegate took none/) as string }],
  });
  expect(answer.error?.networks).toBe(7);
  const others = await measure(...gpu.slice(flags.length), '--threads', '4');
  expect([others.code, others.stderr]).toEqual([
    2,
    expect.stringMatching(/was measured otherwise: it begins with "mixnas: gpu, 1 threads.*another folder/s),
  ]);
  expect(
    phone
      .runs()
      .every((run) => run.includes('--use_gpu=true') && run.includes('--enable_op_profiling=false')),
  ).toBe(true);
  expect(JSON.parse(readFileSync(answer.path, 'utf8'))).toMatchObject({
    unit: 'GPU',
    table: { kind: 'scaled' },
  });
});

test('a board is measured by ssh', async () => {
  const ssh = (host: string) =>
    runCli(
      'profile',
      'measure',
      '--ssh',
      host,
      '--benchmark',
      phone.benchmark,
      '--name',
      'pi',
      ...flags,
      '--json',
    );
  expect((answerOf(await ssh('pi@raspberrypi')) as Answer).models).toBe(8);
  expect(
    phone
      .calls()
      .filter((call) => call.startsWith('ssh '))
      .every((call) => call === 'ssh pi@raspberrypi'),
  ).toBe(true);
  expect(readdirSync(join(phone.folder, 'home'))).toEqual([]);
  const host = await ssh('-oProxyCommand=touch x');
  expect([host.code, host.stderr]).toEqual([2, expect.stringMatching(/is not a host/)]);
  for (const [text, message] of [
    [
      'ssh: Could not resolve hostname raspberrypi: Name or service not known',
      /There is no host raspberrypi/,
    ],
    ['pi@raspberrypi: Permission denied (publickey,password).', /without a password.*ssh-copy-id/s],
    ['ssh: connect to host raspberrypi port 22: Connection refused', /Nothing listens for ssh/],
    ['ssh: connect to host raspberrypi port 22: Connection timed out', /cannot be reached/],
    ['Host key verification failed.', /key of the board pi@raspberrypi is not known/],
  ] as const) {
    phone.write('ssh-fault', `${text}\n`);
    expect((await ssh('pi@raspberrypi')).stderr).toMatch(message);
  }
});

describe('profile kit', () => {
  const shell = (dir: string, ...args: string[]) =>
    spawnSync('sh', [join(dir, 'measure.sh'), ...args], {
      encoding: 'utf8',
      env: { ...process.env, ...phone.env, PATH: `${phone.folder}/bin:${process.env['PATH']}` },
    });
  const copy = () => {
    const own = join(phone.folder, 'kit');
    cpSync(kit, own, { recursive: true });
    return own;
  };

  test('it holds 60 small models, the networks, a script that runs, and is written to no other folder', async () => {
    const again = writeKit(join(folder, 'again'), plan);
    expect([again.kernels.length, again.networks.length]).toEqual([60, 8]);
    expect(readdirSync(join(kit, 'models'))).toHaveLength(68);
    for (const file of readdirSync(join(kit, 'models'))) {
      expect(
        readFileSync(join(folder, 'again', 'models', file)).equals(readFileSync(join(kit, 'models', file))),
      ).toBe(true);
    }
    expect(statSync(join(kit, 'measure.sh')).mode & 0o111).not.toBe(0);
    writeFileSync(join(phone.folder, 'x'), '');
    const other = await runCli('profile', 'kit', phone.folder);
    expect([other.code, other.stderr]).toEqual([2, expect.stringMatching(/is not empty, and not a kit/)]);
  });

  test('its script measures everything once, and the results make a profile that knows what no table holds', async () => {
    const own = copy();
    const failed = shell(own);
    expect([failed.status, failed.stderr]).toEqual([2, expect.stringMatching(/^usage:/)]);
    expect(shell(own, '/nowhere/benchmark_model').stderr).toMatch(/there is no file/);
    phone.write('model-faults', `swish-7x960 killed\n`);
    const ran = shell(own, phone.benchmark);
    expect([ran.status, ran.stdout]).toEqual([
      0,
      expect.stringMatching(/67 of 68 models measured, 1 failed/),
    ]);
    expect(ran.stderr).toMatch(/failed with code 137/);
    phone.write('model-faults', '');
    const runs = phone.runs().length;
    expect(shell(own, phone.benchmark).stdout).toMatch(/68 of 68 models measured, 0 failed/);
    expect(phone.runs().length - runs).toBe(2);

    const outcome = await runCli('profile', 'tune', 'kit-phone', '--kit', own, '--json');
    const answer = answerOf(outcome) as Answer;
    // The error is that of networks: device kernels alone are none.
    expect(answer.error?.networks).toBe(8);
    const { table } = JSON.parse(readFileSync(answer.path, 'utf8')) as {
      table: { entries: { op: string; shape: number[]; us: number[] }[] };
    };
    const has = (op: string, shape: number[]) =>
      table.entries.find((entry) => entry.op === op && JSON.stringify(entry.shape) === JSON.stringify(shape));
    expect(has('depthwise', [14, 480, 480, 11, 1, 1, 1, 0])).toBeDefined();
    expect(has('depthwise', [28, 240, 240, 3, 1, 4, 1, 0])).toBeDefined();
    expect(has('grouped', [28, 240, 240, 1, 1, 1, 4, 0])).toBeDefined();
    expect(has('slice', [7, 240, 240, 1, 1, 1, 1, 0])).toBeDefined();
    // A logistic writes 7 * 7 * 1536 numbers and reads as many: 5 us and 2 * 75264 / 4000.
    expect(has('elementwise', [7, 1536, 1536, 1, 1, 1, 1, 0])?.us[0]).toBeCloseTo(5 + (2 * 75_264) / 4000, 0);
  }, 400_000);

  test('a result without its model, of two units, or that is cut off is refused with what to do', async () => {
    const own = copy();
    const tune = () => runCli('profile', 'tune', 'kit-phone', '--kit', own);
    expect((await tune()).stderr).toMatch(/holds no result.*Run measure\.sh/s);
    const [name = ''] = networks();
    const log = readFileSync(join(phone.folder, 'logs', `${name}.time.txt`), 'utf8');
    writeFileSync(join(own, 'results', `${name}.time.txt`), `mixnas: cpu, 1 threads\n${log}`);
    writeFileSync(join(own, 'results', 'other.time.txt'), `mixnas: cpu, 1 threads\n${log}`);
    expect((await tune()).stderr).toMatch(/other\.time\.txt: there is no model .*other\.tflite/);
    writeFileSync(join(own, 'results', 'other.time.txt'), 'mixnas: gpu, 1 threads\n');
    expect((await tune()).stderr).toMatch(/holds results of .*cpu and gpu|gpu and cpu.*--unit/s);
    rmSync(join(own, 'results', 'other.time.txt'));
    writeFileSync(join(own, 'results', `${name}.time.txt`), log.slice(0, 200));
    expect((await tune()).stderr).toMatch(/no line "Inference \(avg\)"/);
  });

  test("the app's file of results makes a profile of the unit that was measured", async () => {
    const own = copy();
    const models = readdirSync(join(own, 'models')).map((file) => file.slice(0, -7));
    const rows = models.flatMap((model, i) => [
      `${model},gpu,1,40,${(0.2 + i / 50).toFixed(6)},0.01,0`,
      `${model},cpu,1,40,${(2 + i / 50).toFixed(6)},0.01,0`,
    ]);
    writeFileSync(
      join(own, 'results', 'results.csv'),
      `model,unit,threads,runs,ms,deviation_ms,thermal_status\n${rows.join('\n')}\n`,
    );
    const mixed = await runCli('profile', 'tune', 'app-phone', '--kit', own);
    expect(mixed.stderr).toMatch(/holds results of gpu and cpu.*--unit/s);
    const answer = answerOf(
      await runCli('profile', 'tune', 'app-phone', '--kit', own, '--unit', 'GPU', '--json'),
    ) as Answer;
    expect(JSON.parse(readFileSync(answer.path, 'utf8'))).toMatchObject({
      unit: 'GPU',
      runtime: { name: 'TensorFlow Lite' },
    });
    writeFileSync(join(own, 'results', 'results.csv'), 'model,unit,ms\nx,dsp,3\n');
    expect((await runCli('profile', 'tune', 'app-phone', '--kit', own)).stderr).toMatch(
      /line 2: unknown unit dsp/,
    );
  });

  test('a kit in integers reads and gives integers everywhere, and makes a profile of int8', async () => {
    const own = join(phone.folder, 'int8');
    const written = await runCli(
      'profile',
      'kit',
      own,
      '--int8',
      '--unit',
      'nnapi',
      '--networks',
      '4',
      ...flags.slice(0, 4),
    );
    expect([written.code, written.stdout]).toEqual([
      0,
      expect.stringContaining('4 networks in int8 for nnapi'),
    ]);
    const models = readdirSync(join(own, 'models'));
    expect(models).toHaveLength(64);
    for (const file of models) {
      const { subgraphs } = tflite.readTables(readFileSync(join(own, 'models', file)), file);
      const [graph] = subgraphs ?? [];
      const types = (graph?.tensors ?? []).map(({ type }) => type);
      expect(new Set(types), `of ${file}`).not.toContain(tflite.tensorTypes.float32);
    }
    const rows = models.map(
      (file, i) => `${file.slice(0, -7)},nnapi,1,40,${(0.2 + i / 50).toFixed(6)},0.01,0`,
    );
    const header = 'model,unit,threads,runs,ms,deviation_ms,thermal_status';
    writeFileSync(join(own, 'results', 'results.csv'), `${header}\n${rows.join('\n')}\n`);
    const answer = answerOf(await runCli('profile', 'tune', 'int8-phone', '--kit', own, '--json')) as Answer;
    expect(JSON.parse(readFileSync(answer.path, 'utf8'))).toMatchObject({
      unit: 'NPU',
      precision: 'int8',
      bytesPerValue: 1,
    });
  });

  test('a phone is measured in integers, and its profile says so', async () => {
    const outcome = await measure('--int8', '--json');
    const answer = answerOf(outcome) as Answer;
    expect(JSON.parse(readFileSync(answer.path, 'utf8'))).toMatchObject({ precision: 'int8', unit: 'CPU' });
    expect((await runCli('profile', 'measure', '--int8')).stderr).toMatch(/--int8 is for a phone or a board/);
  });

  test('the script has the syntax of POSIX, and the app is whole: well-formed XML, balanced Kotlin, and what it names exists', () => {
    execFileSync('sh', ['-n', join(packageRoot(), 'kit', 'measure.sh')]);
    const android = join(packageRoot(), 'kit', 'android');
    const files = readdirSync(android, { recursive: true, encoding: 'utf8' }).filter((file) =>
      statSync(join(android, file)).isFile(),
    );
    const text = (file: string) => readFileSync(join(android, file), 'utf8');
    for (const file of files.filter((name) => name.endsWith('.xml'))) wellFormed(text(file), file);
    for (const file of files.filter((name) => /\.kts?$/.test(name))) balanced(text(file), file);
    const main = 'app/src/main';
    const manifest = text(`${main}/AndroidManifest.xml`);
    const kotlin = files
      .filter((name) => name.endsWith('.kt'))
      .map(text)
      .join('\n');
    const resources = text(`${main}/res/values/strings.xml`);
    const layout = text(`${main}/res/layout/activity_main.xml`);
    for (const [, name] of manifest.matchAll(/android:name="\.(\w+)"/g))
      expect(kotlin).toContain(`class ${name} `);
    for (const [, kind, name] of `${manifest}${layout}`.matchAll(/"@(string|array)\/(\w+)"/g)) {
      expect(resources).toMatch(new RegExp(`<${kind === 'array' ? 'string-array' : kind} name="${name}"`));
    }
    for (const [, name] of kotlin.matchAll(/R\.id\.(\w+)/g)) expect(layout).toContain(`@+id/${name}`);
    for (const [, name] of kotlin.matchAll(/R\.string\.(\w+)/g))
      expect(resources).toContain(`name="${name}"`);
    expect(text('settings.gradle.kts')).toContain('include(":app")');
    expect(kotlin).toContain('model,unit,threads,runs,ms,deviation_ms,thermal_status');
    expect(manifest).not.toContain('CAMERA');
  });
});

/** Tags that open and close in order, attributes in quotes, one root. */
function wellFormed(source: string, file: string): void {
  const open: string[] = [];
  let roots = 0;
  const body = source.replace(/^<\?xml [^?]*\?>/, '').replaceAll(/<!--(?:(?!--).)*-->/gs, '');
  const tags = body.matchAll(/<(\/?)([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*"[^"<]*")*)\s*(\/?)>/g);
  for (const [, close, name, , empty] of tags) {
    if (close) expect([file, open.pop()]).toEqual([file, name]);
    else {
      if (open.length === 0) roots++;
      if (!empty) open.push(name as string);
    }
  }
  expect([file, open, roots]).toEqual([file, [], 1]);
  const rest = body.replaceAll(/<\/?[\w:.-]+(?:\s+[\w:.-]+\s*=\s*"[^"<]*")*\s*\/?>/g, '');
  expect([file, /[<>]/.test(rest)]).toEqual([file, false]);
}

/** Brackets that close in order, outside of strings and comments. */
function balanced(source: string, file: string): void {
  const bare = source
    .replaceAll(/\/\*.*?\*\//gs, '')
    .replaceAll(/"(?:[^"\\\n]|\\.)*"/g, '""')
    .replaceAll(/'(?:[^'\\\n]|\\.)'/g, "''")
    .replaceAll(/\/\/.*$/gm, '');
  const pairs: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
  const open: string[] = [];
  for (const sign of bare) {
    if ('([{'.includes(sign)) open.push(sign);
    else if (sign in pairs) expect([file, open.pop()]).toEqual([file, pairs[sign]]);
  }
  expect([file, open]).toEqual([file, []]);
}
