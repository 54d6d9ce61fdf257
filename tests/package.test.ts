/** The package as a stranger gets it: packed, in a new project, typed strictly and without `skipLibCheck`. */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const project = mkdtempSync(join(tmpdir(), 'mixnas-stranger-'));
const doors = ['', '/models', '/hardware', '/search', '/pareto', '/runs', '/testing'];

/** What `npm install mixnas` puts into a project: the dependencies and theirs, nothing that only development needs. */
function installed(): readonly string[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly dev?: true; readonly devOptional?: true }>>;
  };
  return Object.keys(packages).filter(
    (path) =>
      /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && !packages[path]?.dev && !packages[path]?.devOptional,
  );
}

function run(program: string, ...args: readonly string[]): string {
  const { MIXNAS_CHILDREN: _, ...env } = process.env;
  const done = spawnSync(program, args, { cwd: project, env, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${done.stdout}${done.stderr}`);
  return done.stdout;
}

function link(path: string): void {
  const to = join(project, path);
  mkdirSync(dirname(to), { recursive: true });
  symlinkSync(join(root, path), to);
}

/** Types a file as strictly as TypeScript can, the package's declarations and those that they import included. */
function typeCheck(file: string): void {
  const tsc = join(root, 'node_modules/typescript-native/bin/tsc');
  // A link is where it stands: what it points to lies among the packages of development.
  const options = ['--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node'];
  run(process.execPath, tsc, ...options, '--preserveSymlinks', file);
}

beforeAll(() => {
  const tarball = JSON.parse(
    run('npm', 'pack', root, '--ignore-scripts', '--json', '--pack-destination', project),
  ) as readonly { readonly filename: string }[];
  mkdirSync(join(project, 'node_modules', 'mixnas'), { recursive: true });
  const archive = join(project, tarball[0]?.filename as string);
  run('tar', '-xzf', archive, '-C', join(project, 'node_modules', 'mixnas'), '--strip-components=1');
  // What an install would fetch, taken from here.
  for (const path of installed()) link(path);
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }\n');
  copyFileSync(join(root, 'tests/support/stranger.mts'), join(project, 'stranger.mts'));
}, 120_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

test('a script of 15 lines with a sampler and an evaluator of its own is typed strictly, and searches', () => {
  typeCheck('stranger.mts');
  expect(run(process.execPath, 'stranger.mjs')).toBe('trials true true\n');
});

test('the declarations of every door hold under tsc --strict, with no types but those that an install brings', () => {
  const missing = ['react', 'seedrandom', 'vitest', 'fast-check', 'mixnas/lowering'];
  const lines = [
    ...doors.map((door, i) => `export * as door${i} from 'mixnas${door}';`),
    // What is not installed, or is no door, is an error; so is a line here that is none.
    ...missing.map((name, i) => `// @ts-expect-error\nexport * as missing${i} from '${name}';`),
  ];
  writeFileSync(join(project, 'doors.mts'), `${lines.join('\n')}\n`);
  expect(() => typeCheck('doors.mts')).not.toThrow();
});

test('every door of the package opens, and its documents travel', () => {
  const script = `for (const door of ${JSON.stringify(doors)}) console.log(Object.keys(await import('mixnas' + door)).length > 0)`;
  expect(run(process.execPath, '--input-type=module', '-e', script)).toBe('true\n'.repeat(doors.length));
  const page = join(project, 'node_modules/mixnas/docs/search.md');
  expect(readFileSync(page, 'utf8')).toContain('createStudy');
});
