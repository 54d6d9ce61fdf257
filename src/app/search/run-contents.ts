/** What a search writes down about itself: the files of a new run folder, and the first line of a session. */
import { hostname, platform, release } from 'node:os';
import { type DataIdentity, packageVersion } from '../../base/index.js';
import { type Executor, evaluatorOf } from '../../evaluation/index.js';
import { stringifyData } from '../../hardware/index.js';
import type { JournalEntry, NewRunContents } from '../../runs/index.js';
import { resolutionOf } from '../../training/index.js';
import type { RunConfig } from '../config/index.js';
import { consentOf } from './consent.js';
import { describeMachine } from '../machine/index.js';
import { measuresAllInt8 } from './precision.js';
import { referenceModelsOf } from './pricing.js';
import type { SearchParts } from './parts.js';

/** The first line of a session. */
export function sessionEntry({ budget }: RunConfig, executor: Executor, resumed: boolean): JournalEntry {
  return {
    type: 'session',
    version: packageVersion(),
    host: hostname(),
    pid: process.pid,
    resumed,
    workers: executor.workers,
    backend: executor.backend,
    trials: budget.trials,
    ...(budget.seconds === undefined ? {} : { seconds: budget.seconds }),
  };
}

/** What a new run folder holds from the start. */
export function newContents(
  parts: SearchParts,
  executor: Executor,
  identity: DataIdentity | undefined,
): NewRunContents {
  const { config, space, profiles, criteria, pricing } = parts;
  const { cpu, cores, memoryBytes } = describeMachine();
  const side = resolutionOf(config.dataset);
  const consent = consentOf(config);
  const outcome = criteria.constraints.filter(({ metric }) => !pricing.metrics.includes(metric));
  return {
    manifest: {
      created: new Date().toISOString(),
      versions: {
        mixnas: packageVersion(),
        node: process.version,
        ...(executor.tensorflow === undefined ? {} : { tensorflow: executor.tensorflow }),
      },
      machine: { host: hostname(), platform: `${platform()} ${release()}`, cpu, cores, memoryBytes },
      backend: executor.backend,
      space: { name: space.name, hash: space.hash, size: String(space.size), align: space.spec.align },
      objectives: [...criteria.objectives],
      ...(outcome.length > 0 ? { constraints: outcome } : {}),
      metrics: [...pricing.metrics],
      accuracySource: `${evaluatorOf(config.evaluator).describe(`${config.dataset.name} at ${side}x${side}`)}${measuresAllInt8(config) ? ', in simulated 8-bit integers' : ''}`,
      ...(identity && { data: identity }),
      ...(consent !== undefined && { consent }),
    },
    config,
    space: space.source,
    references: referenceModelsOf(criteria, pricing),
    warmStart: parts.warm,
    profiles: Object.fromEntries(profiles.map((profile) => [profile.name, stringifyData(profile)])),
  };
}
