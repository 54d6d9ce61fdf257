/** A worker of the study of the trainers. */
import { createEvaluator, evaluatorSchema } from '../../src/evaluation/evaluators/index.js';
import type { Evaluator } from '../../src/evaluation/evaluator.js';
import { parseArchitecture } from '../../src/models/index.js';
import { dataSpecSchema } from '../../src/training/index.js';
import { serveTasks } from '../shared/tasks.js';
import { type Trained, type TrainersTask, networks, recipe, splitSeed } from './plan.js';

/** One of each trainer: data and PyTorch are loaded once. */
const evaluators = new Map<string, Promise<Evaluator>>();

async function answer({ trainer, network, seed, data }: TrainersTask): Promise<Trained> {
  const known =
    evaluators.get(trainer) ??
    createEvaluator(specOf(trainer), { dataset: dataSpecSchema.parse(data), splitSeed });
  evaluators.set(trainer, known);
  const evaluator = await known;
  const architecture = parseArchitecture(networks[network]);
  const outcome = await evaluator.evaluate(
    { trial: network, architecture, seed: `trainers/${seed}` },
    () => {},
  );
  if (outcome.state !== 'complete') throw new Error(`${architecture.name}: ${outcome.reason}`);
  return { accuracy: outcome.values['accuracy'] as number, seconds: outcome.seconds };
}

const specOf = (name: TrainersTask['trainer']) =>
  evaluatorSchema.parse({ name, ...recipe, ...(name === 'pytorch' && { device: 'cpu' }) });

serveTasks(answer);
