/**
 * `npm run test:node -- 24 26`: whether the packed package works on other versions of Node. Each comes from the
 * registry as a package, into the cache. On each, npm installs mixnas in a new project (the install's ladder included);
 * `doctor`, a small training, a search and a resume then run, and nothing may warn. Prints a line for each step.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from './setup/cache.mjs';
import { childEnvironment, npmCommand, run } from './setup/run.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const npm = npmCommand();
const platform = process.platform === 'win32' ? 'win' : process.platform;
const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];

/** The program of a version of Node, fetched into the cache the first time; undefined where it cannot be had. */
function nodeProgram(version) {
  const name = `node-${platform}-${process.arch}`;
  const folder = join(cacheFolder(), 'nodes', version);
  const program = join(folder, 'node_modules', name, 'bin', platform === 'win' ? 'node.exe' : 'node');
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const options = { cwd: folder, env: childEnvironment(), minutes: 5 };
  const done = run([...npm, 'install', ...quiet, `${name}@${version}`], options);
  return done.ok && existsSync(program) ? program : undefined;
}

/** The package as a user gets it. */
function pack(folder) {
  const args = ['pack', '--ignore-scripts', '--json', '--loglevel=error', '--pack-destination', folder];
  for (const command of [
    [process.execPath, join(root, 'scripts', 'build.mjs')],
    [...npm, ...args],
  ]) {
    const done = run(command, { cwd: root, env: childEnvironment(), minutes: 5 });
    if (!done.ok) throw new Error(`the package cannot be packed:\n${done.output}`);
  }
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return join(folder, `${name}-${version}.tgz`);
}

/** What is done on each version, in order; each throws when it is not as it must be. */
function steps(program, project, tarball) {
  const env = { ...childEnvironment(), MIXNAS_RUNS: join(project, 'runs') };
  env.PATH = `${dirname(program)}${platform === 'win' ? ';' : ':'}${env.PATH}`; // the scripts of an install find it first
  const must = (command, minutes) => {
    const done = run(command, { cwd: project, env, minutes });
    if (!done.ok) throw new Error(done.output.trim().split('\n').slice(-15).join('\n'));
    if (/DeprecationWarning|ExperimentalWarning/.test(done.output))
      throw new Error(`it warns: ${done.output}`);
    return done.output;
  };
  const mixnas = (...args) =>
    must([program, join(project, 'node_modules', 'mixnas', 'bin', 'mixnas.mjs'), ...args], 2);
  const config = join(project, 'small.yaml');
  const outcome = () => readFileSync(join(project, 'runs', 'small-1', 'front.csv'), 'utf8');
  let backend = '';
  return {
    install() {
      const command = npm[0] === process.execPath ? [program, ...npm.slice(1)] : npm;
      must([...command, 'install', '--prefer-offline', '--foreground-scripts', ...quiet, tarball], 10);
      return '';
    },
    doctor() {
      const { rung, probe, node } = JSON.parse(mixnas('doctor', '--json'));
      if (!probe.ok) throw new Error(probe.reason);
      backend = probe.backend;
      const here = JSON.parse(
        run([process.execPath, join(root, 'bin', 'mixnas.mjs'), 'doctor', '--json']).output,
      );
      if (here.probe.backend !== backend)
        throw new Error(
          `the backend is ${backend} (${rung}), and ${here.probe.backend} on Node ${here.node}`,
        );
      return `Node ${node}, ${backend}`;
    },
    search() {
      writeFileSync(
        config,
        `dataset: { name: textures, size: 300, classes: 4 }
profiles: [mali-g76]
sampler: { name: nsga2, population: 2 }
evaluator: { name: training, steps: 4, batchSize: 16, validation: 50 }
budget: { trials: 4 }
workers: 1
`,
      );
      mixnas('search', config, '--name', 'small-1', '--no-tui', '--json');
      return '4 trials';
    },
    resume() {
      const journal = join(project, 'runs', 'small-1', 'journal.jsonl');
      const before = outcome();
      const lines = readFileSync(journal, 'utf8').split('\n');
      const third = lines.findIndex((line) => line.includes('"type":"tell"') && line.includes('"id":2'));
      if (third < 0) throw new Error('the journal has no third trial');
      truncateSync(journal, Buffer.byteLength(`${lines.slice(0, third).join('\n')}\n`));
      rmSync(join(project, 'runs', 'small-1', 'front.csv'));
      mixnas('resume', 'small-1', '--no-tui', '--json');
      if (outcome() !== before) throw new Error('the front is another one than before');
      return 'from the third trial, to the same front';
    },
    train() {
      const few = backend === 'tensorflow' ? '4' : '1';
      const images = ['--dataset', 'textures', '--steps', few, '--validation', '50'];
      mixnas('train', 'small-1#0', ...images, '--out', join(project, 'trained'), '--json');
      return `${few} steps`;
    },
  };
}

const versions = process.argv.slice(2);
if (versions.length === 0 || !versions.every((version) => /^\d+(\.\d+){0,2}$/.test(version))) {
  console.error('test:node needs versions of Node: npm run test:node -- 24 26');
  process.exit(2);
}
const scratch = mkdtempSync(join(tmpdir(), 'mixnas-nodes-'));
const counts = { passed: 0, failed: 0, skipped: 0 };
try {
  const tarball = pack(scratch);
  for (const version of versions) {
    const program = nodeProgram(version);
    if (!program) {
      counts.skipped++;
      console.log(`Node ${version}  skipped: node-${platform}-${process.arch}@${version} cannot be had`);
      continue;
    }
    const project = join(scratch, version);
    mkdirSync(project);
    writeFileSync(
      join(project, 'package.json'),
      '{ "private": true, "allowScripts": { "mixnas": true, "sharp": true } }\n',
    );
    for (const [name, step] of Object.entries(steps(program, project, tarball))) {
      const start = performance.now();
      try {
        const what = step();
        counts.passed++;
        console.log(
          `Node ${version}  ${name} passed in ${((performance.now() - start) / 1000).toFixed(1)} s${what && `: ${what}`}`,
        );
      } catch (error) {
        counts.failed++;
        console.log(`Node ${version}  ${name} failed: ${error.message}`);
        break; // the next steps need this one
      }
    }
    rmSync(project, { recursive: true, force: true });
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(
  `${counts.passed} passed, ${counts.failed} failed${counts.skipped ? `, ${counts.skipped} skipped` : ''}`,
);
process.exitCode = counts.failed > 0 ? 1 : 0;
