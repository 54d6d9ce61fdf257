/** From what a user writes for an architecture to the architecture. */
import { existsSync, statSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { MixnasError, isModelFile, kindOfFile, nearest, readDocument } from '../../base/index.js';
import {
  type Architecture,
  hasGates,
  parseArchitecture,
  referenceArchitecture,
  referenceNames,
} from '../../models/index.js';
import type { GateStatistics } from '../../training/index.js';
import { gatesOfTrial, readSaved } from './saved.js';
import { findTrial, parseTrial } from './trial.js';

export interface ResolvedArchitecture {
  readonly architecture: Architecture;
  readonly name: string;
  readonly source: 'reference' | 'file' | 'run';
  /** Whether it was read from weights. */
  readonly isTrained?: boolean;
  /** What its gates did on validation images, where it is trained and has some. */
  readonly gates?: GateStatistics | undefined;
}

/**
 * Finds an architecture.
 * @param spec a reference model's name, the path of a JSON or YAML file, a weights file or a folder that
 *   `train` wrote, or `run#trial`: this one comes at the size at which its run deploys.
 * @throws MixnasError `bad-config` with the near names, `bad-run` when there is no such run or trial.
 */
export function resolveArchitecture(spec: string): ResolvedArchitecture {
  if (referenceNames.includes(spec)) {
    return { architecture: referenceArchitecture(spec), name: spec, source: 'reference' };
  }
  if (existsSync(spec)) return isTrained(spec) ? fromWeights(spec) : fromFile(spec);
  const trial = parseTrial(spec);
  if (trial) {
    const { run, architecture } = findTrial(trial);
    const gates = hasGates(architecture) ? gatesOfTrial(run.folder, trial.trial) : undefined;
    return { architecture: { ...architecture, ...run.config.deploy }, name: spec, source: 'run', gates };
  }
  const near = nearest(spec, referenceNames);
  throw new MixnasError('bad-config', `${spec}: no reference model and no file of this name.`, {
    remedy: near.length
      ? `Did you mean ${near.join(' or ')}?`
      : `Reference models: ${referenceNames.join(', ')}.`,
  });
}

/**
 * Whether a path is a weights file or a folder that `train` wrote.
 * @throws MixnasError `bad-config` that says which other kind of file it is.
 */
function isTrained(path: string): boolean {
  if (extname(path) === '.safetensors' || statSync(path).isDirectory()) return true;
  const kind = kindOfFile(path);
  if (kind === undefined || kind.name === 'safetensors') return kind !== undefined;
  throw new MixnasError('bad-config', `${path} is ${kind.text}, not an architecture.`, {
    remedy: ['tflite', 'onnx'].includes(kind.name)
      ? 'cost, predict, show and profile tune take model files; this needs an architecture: a reference model, a file, run#trial.'
      : isModelFile(kind)
        ? 'Architectures are JSON or YAML: describe the network as `mixnas show mixnet-s` prints one, then name that file.'
        : 'Name a reference model, a JSON or YAML file, weights that mixnas wrote, or run#trial.',
  });
}

function fromWeights(path: string): ResolvedArchitecture {
  const { architecture, gates } = readSaved(path);
  return { architecture, name: architecture.name ?? basename(path), source: 'file', isTrained: true, gates };
}

function fromFile(path: string): ResolvedArchitecture {
  const architecture = parseArchitecture(readDocument(path, 'bad-config'), path);
  return { architecture, name: architecture.name ?? basename(path, extname(path)), source: 'file' };
}
