/** What is installed, which tensor backend really runs, and what to do for a better one. */
import { resolve, sep } from 'node:path';
import { cacheFolder, defaultPython, packageVersion, startModule } from '../../base/index.js';
import { type TorchProbe, askTorch, torchRemedy } from '../../evaluation/index.js';
import { type SetupRecord, readSetupRecord } from '../../training/index.js';
import type { ProbeReport } from './probe.js';
import { type Folder, type Machine, describeFolder, describeMachine } from './machine.js';

/** What `mixnas doctor` knows; plain JSON. */
export interface Diagnosis {
  readonly mixnas: string;
  readonly node: string;
  readonly platform: string;
  /** `tfjs-node`: TensorFlow as its own package installed it; `built`: built in the cache; `portable`: none. */
  readonly rung: 'tfjs-node' | 'built' | 'portable' | 'none';
  /** The proof: a small network trained in a process of its own. */
  readonly probe: ProbeReport;
  /** What the set-up at the end of `npm install` wrote down. */
  readonly setup: SetupRecord | undefined;
  /** What `evaluator: pytorch` would train with, or what it lacks. */
  readonly pytorch: TorchProbe | { readonly missing: string };
  readonly machine: Machine;
  readonly cache: Folder;
  readonly runs: Folder;
  /** What to do for the best backend, one sentence each; empty where it runs. */
  readonly advice: readonly string[];
}

/** Examines this machine and trains a small network on it; takes a few seconds. */
export async function diagnose(): Promise<Diagnosis> {
  const probe = await runProbe();
  const setup = readSetupRecord();
  return {
    mixnas: packageVersion(),
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    rung: rungOf(probe),
    probe,
    setup,
    pytorch: askTorch(defaultPython()),
    machine: describeMachine(),
    cache: describeFolder(cacheFolder()),
    runs: describeFolder(resolve('runs')),
    advice: advise(probe, setup),
  };
}

/** A probe's report, or how its process ended instead. */
function runProbe(): Promise<ProbeReport> {
  return new Promise((done) => {
    const child = startModule(new URL('./probe.js', import.meta.url));
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-2000);
    });
    child.once('message', (report) => done(report as ProbeReport));
    child.once('error', (error) => done({ ok: false, reason: error.message }));
    child.once('close', (code, signal) => {
      const last = said.trim().split('\n').at(-1);
      done({
        ok: false,
        reason: `the probe ended with ${signal ?? `code ${code}`}${last ? `: ${last}` : ''}`,
      });
    });
  });
}

function rungOf(probe: ProbeReport): Diagnosis['rung'] {
  if (!probe.ok) return 'none';
  if (probe.tfjsNodePath === undefined) return 'portable';
  return probe.tfjsNodePath.includes(`${sep}tfjs-node-`) ? 'built' : 'tfjs-node';
}

function advise(probe: ProbeReport, setup: SetupRecord | undefined): string[] {
  if (probe.ok && probe.backend === 'tensorflow') return [];
  const asked = process.env['MIXNAS_BACKEND'];
  if (asked === 'portable' || asked === 'cpu')
    return [`MIXNAS_BACKEND is ${asked}: unset it for TensorFlow.`];
  if (!setup) return ['The set-up of TensorFlow never ran: run `npm install` without --ignore-scripts.'];
  if (setup.rung !== 'portable')
    return ['TensorFlow was set up and no longer loads: run `npm install` again.'];
  return [
    `TensorFlow was not set up: ${setup.reason}. For TensorFlow: ${setup.climb}.`,
    ...(setup.log ? [`The log of the attempt is ${setup.log}.`] : []),
  ];
}

const rungs = {
  'tfjs-node': 'TensorFlow, as @tensorflow/tfjs-node installed it',
  built: 'TensorFlow, built against the library of a wheel',
  portable: 'portable, without TensorFlow',
  none: 'none that works',
} satisfies Record<Diagnosis['rung'], string>;

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(bytes < 1e9 ? 2 : 1)} GB`;

/** A diagnosis as plain lines for a terminal. */
export function formatDiagnosis({ probe, machine, cache, ...rest }: Diagnosis): string {
  const rows: (readonly [name: string, text: string])[] = [
    ['mixnas', `${rest.mixnas}, Node ${rest.node}, ${rest.platform}`],
    ['backend', rungs[rest.rung]],
    ...describeProbe(probe),
    ['set-up', rest.setup ? `${rest.setup.rung}, ${rest.setup.at}, Node ${rest.setup.node}` : 'never ran'],
    ['pytorch', describeTorch(rest.pytorch)],
    [
      'processor',
      [machine.cpu, `${machine.cores} cores`, machine.features.join(' ')].filter(Boolean).join(', '),
    ],
    ['memory', `${gigabytes(machine.memoryBytes)}, ${gigabytes(machine.freeMemoryBytes)} free`],
    ['runs', `${rest.runs.folder}, ${gigabytes(rest.runs.freeBytes)} free`],
    ['cache', `${cache.folder}, ${gigabytes(cache.freeBytes)} free`],
    ...cache.entries.map(({ name, bytes }) => ['', `${gigabytes(bytes).padStart(8)}  ${name}`] as const),
  ];
  const lines = rows.map(([name, text]) => `${name.padEnd(11)} ${text}`);
  return [...lines, ...rest.advice.map((sentence) => `\n${sentence}`)].join('\n');
}

function describeTorch(probe: Diagnosis['pytorch']): string {
  const python = defaultPython();
  if ('missing' in probe) return `none by ${python}: ${probe.missing} (optional: ${torchRemedy(python)})`;
  const devices = probe.gpus.length > 0 ? probe.gpus : [probe.mps ? 'MPS' : 'the processor'];
  const cuda = probe.cuda === null ? '' : `, CUDA ${probe.cuda}`;
  return `PyTorch ${probe.torch} by Python ${probe.python}${cuda}, on ${devices.join(', ')}`;
}

function describeProbe(probe: ProbeReport): [string, string][] {
  if (!probe.ok) return [['training', `fails: ${probe.reason}`]];
  const [before, after] = probe.losses.map((loss) => loss.toFixed(3));
  const { backend, tensorflowVersion, tfjsNodeVersion, tfjsNodePath } = probe;
  const what = tfjsNodePath
    ? `TensorFlow ${tensorflowVersion} by tfjs-node ${tfjsNodeVersion}, ${tfjsNodePath}`
    : { tensorflow: 'TensorFlow', wasm: 'WebAssembly', cpu: 'plain JavaScript' }[backend];
  return [
    ['runs on', what],
    ['training', `works: loss ${before} to ${after}, ${probe.stepMs.toFixed(1)} ms a step`],
    ...probe.refused.map((reason): [string, string] => ['not used', reason]),
  ];
}
