/** What the system refuses, and numbers that no machine can do: one sentence, exit code 2, nothing half written. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../src/base/index.js';
import { runCli } from './support/run-cli.js';

const root = mkdtempSync(join(tmpdir(), 'mixnas-limits-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const cli = join(packageRoot(), 'bin', 'mixnas.mjs');
const config = join(root, 'c.json');
writeFileSync(
  config,
  JSON.stringify({ name: 'c', evaluator: 'synthetic', budget: { trials: 6 }, workers: 1 }),
);

/** Runs `script` in a shell, with `$CLI` for the program. */
function shell(script: string, env: Record<string, string | undefined> = {}) {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', script], {
    cwd: root,
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, CLI: `${process.execPath} ${cli}`, MIXNAS_RUNS: join(root, 'runs'), ...env },
  });
  return { code: status, stdout, stderr };
}

/** What a command said; it must have ended as with bad input. */
function sentenceOf({ code, stderr }: { code: number | null; stderr: string }): string {
  if (code !== 2 || /internal error|\n\s+at /.test(stderr)) throw new Error(`exit ${code}: ${stderr}`);
  return stderr;
}

describe('the system', () => {
  const canMount = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'x', '/mnt']).status === 0;

  // Needs the right to mount, which containers of continuous integration may lack.
  test.runIf(canMount)(
    'a read-only file system is named, and read from',
    () => {
      const disk = join(root, 'disk');
      mkdirSync(disk);
      const script = [
        `mount -t tmpfs x ${disk}`,
        `MIXNAS_RUNS=${disk} $CLI search ${config} --no-tui >/dev/null 2>&1 || exit 9`,
        `mount -o remount,ro ${disk}`,
        `for do; do eval "$do" >/dev/null; echo "exit $?" >&2; done`,
      ].join('\n');
      const commands = [
        `MIXNAS_RUNS=${disk} $CLI search ${config} --no-tui`,
        `MIXNAS_RUNS=${disk}/a/b $CLI search ${config} --no-tui`,
        `$CLI resume ${disk}/c-1 --trials 9 --no-tui`,
        `$CLI report ${disk}/c-1`,
        `$CLI init ${disk}/a.yaml`,
        `$CLI status ${disk}/c-1`,
      ];
      const { status, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', script, 'sh', ...commands], {
        encoding: 'utf8',
        env: { ...process.env, CLI: `${process.execPath} ${cli}` },
      });
      expect(status).toBe(0);
      expect(stderr).not.toMatch(/internal error|ENOENT/);
      expect(stderr.match(/not writable \(EROFS\)/g)).toHaveLength(5);
      expect(stderr.match(/exit \d/g)).toEqual(['exit 2', 'exit 2', 'exit 2', 'exit 2', 'exit 2', 'exit 0']);
    },
    240_000,
  );

  test('a limit on the size of files is named', () => {
    const outcome = shell(`trap '' XFSZ; ulimit -f 8; $CLI search ${config} --no-tui`);
    expect(sentenceOf(outcome)).toMatch(/the file would be larger than the system allows/);
  }, 180_000);

  test('a low limit on open files is enough, or named', () => {
    const { code, stderr } = shell(
      `ulimit -n 40; $CLI search ${config} --no-tui && $CLI status c-1 && $CLI pick c-1`,
    );
    expect(stderr).not.toMatch(/internal error|\n\s+at /);
    expect([0, 2]).toContain(code);
  }, 120_000);

  test('a home where no folder can be made ends every command that needs one', () => {
    const home = { MIXNAS_CACHE: undefined, XDG_CACHE_HOME: undefined };
    for (const HOME of ['/proc/self', '']) {
      const outcome = shell('$CLI data fetch cifar10', { ...home, HOME });
      expect(sentenceOf(outcome)).toMatch(/not writable|no home folder/);
    }
  }, 120_000);

  test('the set-up of an install ends there too', () => {
    const place = join(root, 'package');
    mkdirSync(place);
    cpSync(join(packageRoot(), 'scripts'), join(place, 'scripts'), { recursive: true });
    cpSync(join(packageRoot(), 'package.json'), join(place, 'package.json'));
    const { code, stderr } = shell(`${process.execPath} ${place}/scripts/postinstall.mjs`, {
      HOME: '/proc/self',
      MIXNAS_CACHE: undefined,
      XDG_CACHE_HOME: undefined,
      MIXNAS_BACKEND: '',
      npm_config_registry: 'http://127.0.0.1:9',
      PIP_NO_INDEX: '1',
    });
    expect(code).toBe(0);
    expect(stderr).toContain('backend: portable');
    expect(stderr).toMatch(/cannot be made \(ENOENT\)/);
  }, 180_000);
});

describe('numbers that no machine can do', () => {
  const searchOf = async (fields: object, ...more: string[]) => {
    const path = join(root, 'absurd.json');
    writeFileSync(path, JSON.stringify({ name: 'x', evaluator: 'synthetic', workers: 1, ...fields }));
    return runCli('search', path, '--no-tui', ...more);
  };

  test('trials and workers beyond their limit are refused, wherever they are written', async () => {
    const most = Number.MAX_SAFE_INTEGER;
    expect(sentenceOf(await searchOf({ budget: { trials: most } }))).toMatch(/`budget\.trials`: too big/);
    expect(sentenceOf(await searchOf({}, '--trials', String(most)))).toMatch(/--trials: .*too big/);
    expect(sentenceOf(await searchOf({}, '--trials', '2', '--workers', '100000'))).toMatch(
      /--workers: too big/,
    );
    shell(`$CLI search ${config} --no-tui --name bounded`);
    const run = join(root, 'runs', 'bounded');
    expect(sentenceOf(await runCli('resume', run, '--no-tui', '--trials', String(most)))).toMatch(
      /--trials: .*too big/,
    );
    expect(sentenceOf(await runCli('resume', run, '--no-tui', '--workers', '100000'))).toMatch(
      /--workers: too big/,
    );
  }, 180_000);

  test('a formula of a megabyte is not echoed', async () => {
    const formula = `1${'+accuracy'.repeat(110_000)}`;
    for (const objectives of [[{ maximize: formula }], [formula]]) {
      const outcome = await searchOf({ objectives, budget: { trials: 1 } });
      expect(sentenceOf(outcome)).toMatch(/objectives\[0\]/);
      expect(outcome.stderr.length).toBeLessThan(5000);
    }
  });

  test('a profile that is listed a thousand times is one device', async () => {
    const path = join(root, 'listed.json');
    const profiles = Array.from({ length: 1000 }, () => 'mali-g76');
    writeFileSync(
      path,
      JSON.stringify({ name: 'l', evaluator: 'synthetic', workers: 1, profiles, budget: { trials: 2 } }),
    );
    expect(shell(`$CLI search ${path} --no-tui`)).toMatchObject({ code: 0 });
  }, 180_000);

  test('channels without end are refused when read, and when nothing could hold them', async () => {
    const { stdout } = await runCli('show', 'mixnet-s');
    const architecture = JSON.parse(stdout) as { blocks: { out: number }[] };
    const path = join(root, 'wide.json');
    const withOut = (out: number) => {
      for (const i of [3, 4]) (architecture.blocks[i] as { out: number }).out = out;
      writeFileSync(path, JSON.stringify(architecture));
    };
    withOut(1e9);
    for (const command of ['cost', 'predict', 'train']) {
      expect(sentenceOf(await runCli(command, path))).toMatch(/`blocks\[3\]\.out`: too big/);
    }
    withOut(65_536);
    const out = join(root, 'trained');
    expect(
      sentenceOf(await runCli('train', path, '--dataset', 'textures', '--steps', '1', '--out', out)),
    ).toMatch(/weights, .* GB: more than/);
    expect(existsSync(out) ? readdirSync(out) : []).toEqual([]);
  }, 180_000);

  test('more steps than anybody can count pass, and Ctrl-C ends them', async () => {
    const steps = Number.MAX_SAFE_INTEGER;
    const path = join(root, 'steps.json');
    const fields = { name: 's', workers: 1, budget: { trials: 2 } };
    writeFileSync(path, JSON.stringify({ ...fields, evaluator: { name: 'synthetic', steps } }));
    expect(shell(`$CLI search ${path} --no-tui`)).toMatchObject({ code: 0 });
    writeFileSync(
      path,
      JSON.stringify({ ...fields, evaluator: { name: 'synthetic', steps, seconds: 3600 } }),
    );
    const child = spawn(process.execPath, [cli, 'search', path, '--no-tui'], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let printed = '';
    child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    await expect.poll(() => printed, { timeout: 30_000 }).not.toBe('');
    const ended = new Promise((resolve) => child.on('exit', resolve));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
  }, 180_000);
});
