/**
 * Files of every kind, damaged at random: read, or refused in one sentence, soon and in little memory. A few of each
 * here; `npm run fuzz` damages 10,000 of each.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadConfig, resolveArchitecture } from '../src/app/index.js';
import {
  MixnasError,
  type Random,
  createRandom,
  packageRoot,
  readBytes,
  readDocument,
} from '../src/base/index.js';
import { encodeOnnx, randomWeights, readModel } from '../src/formats/index.js';
import { kernelRows, loadProfile } from '../src/hardware/index.js';
import { lower, parseSpace, referenceArchitecture } from '../src/models/index.js';
import { ControlReader } from '../src/runs/control.js';
import { readRun } from '../src/runs/index.js';
import { decodeWeights, encodeWeights } from '../src/training/index.js';

const runs = Number(process.env['MIXNAS_FUZZ'] ?? 60);
const root = mkdtempSync(join(tmpdir(), 'mixnas-fuzz-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const shipped = (...path: string[]) => readFileSync(join(packageRoot(), ...path));

const architecture = referenceArchitecture('mixnet-s');
const small = { ...architecture, blocks: architecture.blocks.slice(0, 1) };
const weights = randomWeights(lower(small), createRandom('fuzz'));
const runFolder = join(root, 'run');
const fixture = join(packageRoot(), 'tests', 'fixtures', '0.1.0', 'runs', 'synthetic');
cpSync(fixture, runFolder, { recursive: true });

interface Target {
  /** A sound file. */
  readonly bytes: Buffer;
  /** Where it is written, below the folder of the test. */
  readonly file: string;
  readonly read: (path: string) => unknown;
}
const targets: Readonly<Record<string, Target>> = {
  journal: {
    bytes: shipped('tests/fixtures/0.1.0/runs/synthetic/journal.jsonl'),
    file: 'run/journal.jsonl',
    read: () => readRun(runFolder),
  },
  control: {
    bytes: Buffer.from(
      '{"id":"a","command":{"type":"pause"}}\n{"id":"b","command":{"type":"trials","trials":9}}\n',
    ),
    file: 'run/control.jsonl',
    read: () => new ControlReader(runFolder, 'start').read(),
  },
  profile: {
    bytes: shipped('profiles', 'hexagon-8elite.json'),
    file: 'p.json',
    read: loadProfile,
  },
  space: {
    bytes: shipped('spaces', 'cifar-small.yaml'),
    file: 's.yaml',
    read: (path) => parseSpace(readDocument(path, 'bad-config'), path),
  },
  config: { bytes: shipped('examples', 'quickstart.yaml'), file: 'c.yaml', read: (path) => loadConfig(path) },
  architecture: {
    bytes: Buffer.from(JSON.stringify(architecture, null, 1)),
    file: 'a.json',
    read: resolveArchitecture,
  },
  csv: {
    bytes: shipped('examples', '03-own-device.csv'),
    file: 'k.csv',
    read: (path) => [...kernelRows(path, '')].length,
  },
  safetensors: {
    bytes: Buffer.from(encodeWeights(weights, { note: 'x' })),
    file: 'w.safetensors',
    read: (path) => decodeWeights(readBytes(path, 'bad-data'), path),
  },
  onnx: {
    bytes: Buffer.from(encodeOnnx(lower(small), weights, { batch: 1 })),
    file: 'm.onnx',
    read: (path) => readModel(readBytes(path, 'bad-data'), path),
  },
};

const nasty = [
  '{',
  '[',
  '"',
  '-1',
  '1e999',
  '9007199254740993',
  '&a',
  '*a',
  '!x ',
  '\0',
  '\u001b]0;',
  'null',
  '\n',
  '- ',
  ': ',
  '__proto__',
];

/** A damaged copy: bytes changed, parts cut, doubled, moved, or something nasty put in. */
function damaged(bytes: Buffer, random: Random): Buffer {
  let now = Buffer.from(bytes);
  const at = () => Math.floor(random.next() * (now.length + 1));
  for (let i = 0; i < 1 + Math.floor(random.next() * 4); i++) {
    const [from, to] = [at(), at()].toSorted((a, b) => a - b) as [number, number];
    const piece = now.subarray(from, Math.min(to, from + 4096));
    const kind = Math.floor(random.next() * 5);
    if (kind === 0 && now.length > 0) now[Math.min(from, now.length - 1)] = Math.floor(random.next() * 256);
    else if (kind === 1) now = Buffer.concat([now.subarray(0, from), now.subarray(from + piece.length)]);
    else if (kind === 2) now = Buffer.concat([now.subarray(0, to), piece, now.subarray(to)]);
    else if (kind === 3) now = now.subarray(0, from);
    else {
      const text = nasty[Math.floor(random.next() * nasty.length)] as string;
      now = Buffer.concat([
        now.subarray(0, from),
        Buffer.from(text.repeat(1 + Math.floor(random.next() * 3))),
        now.subarray(from),
      ]);
    }
  }
  return now;
}

test.each(Object.keys(targets))(
  '%s: damaged files are read or refused in one sentence',
  (name) => {
    const { bytes, file, read } = targets[name] as Target;
    const path = join(root, file);
    const random = createRandom(`fuzz ${name} ${process.env['MIXNAS_FUZZ_SEED'] ?? ''}`);
    const before = process.memoryUsage().rss;
    const faults: string[] = [];
    let slowest = 0;
    let most = 0;
    for (let i = 0; i < runs; i++) {
      writeFileSync(path, damaged(bytes, random));
      const started = process.cpuUsage();
      try {
        read(path);
      } catch (error) {
        if (!(error instanceof MixnasError)) faults.push(`${i}: ${String(error).slice(0, 200)}`);
      }
      const { user, system } = process.cpuUsage(started);
      slowest = Math.max(slowest, (user + system) / 1000);
      most = Math.max(most, process.memoryUsage().rss - before);
    }
    if (process.env['MIXNAS_FUZZ'])
      process.stdout.write(
        `${name}: ${runs} files, slowest ${slowest.toFixed()} ms of the processor, ${(most / 1e6).toFixed()} MB more\n`,
      );
    expect(faults).toEqual([]);
    expect(slowest).toBeLessThan(5000);
    expect(most).toBeLessThan(300e6);
    rmSync(path);
    cpSync(fixture, runFolder, { recursive: true });
  },
  3_600_000,
);
