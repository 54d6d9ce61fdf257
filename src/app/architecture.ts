/** From what a user writes for an architecture to the architecture. */
import { existsSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { MixnasError, nearest, readDocument } from '../base/index.js';
import {
  type Architecture,
  parseArchitecture,
  referenceArchitecture,
  referenceNames,
} from '../models/index.js';
import { findTrial, parseTrial } from './trial.js';

export interface ResolvedArchitecture {
  readonly architecture: Architecture;
  readonly name: string;
  readonly source: 'reference' | 'file' | 'run';
}

/**
 * Finds an architecture.
 * @param spec a reference model's name, the path of a JSON or YAML file, or `run#trial`: this one comes at
 *   the size at which its run deploys.
 * @throws MixnasError `bad-config` with the near names, `bad-run` when there is no such run or trial.
 */
export function resolveArchitecture(spec: string): ResolvedArchitecture {
  if (referenceNames.includes(spec)) {
    return { architecture: referenceArchitecture(spec), name: spec, source: 'reference' };
  }
  if (existsSync(spec)) return fromFile(spec);
  const trial = parseTrial(spec);
  if (trial) {
    const { run, architecture } = findTrial(trial);
    return { architecture: { ...architecture, ...run.config.deploy }, name: spec, source: 'run' };
  }
  const near = nearest(spec, referenceNames);
  throw new MixnasError('bad-config', `${spec}: no reference model and no file of this name.`, {
    remedy: near.length
      ? `Did you mean ${near.join(' or ')}?`
      : `Reference models: ${referenceNames.join(', ')}.`,
  });
}

function fromFile(path: string): ResolvedArchitecture {
  const architecture = parseArchitecture(readDocument(path, 'bad-config'), path);
  return { architecture, name: architecture.name ?? basename(path, extname(path)), source: 'file' };
}
