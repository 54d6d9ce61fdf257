/** A worker of the study of gate-guided mutations. */
import { createRandom } from '../../src/base/index.js';
import { gateMetrics } from '../../src/models/index.js';
import { type Genome, mixnetSpace } from '../../src/search/index.js';
import {
  type Scorer,
  createScorer,
  loadDataSet,
  loadRuntime,
  openSupernet,
  splitTrainValidation,
} from '../../src/training/index.js';
import { trainInto, weightsIn } from '../shared/supernet.js';
import { serveTasks } from '../shared/tasks.js';
import { type GateTask, gatedSpace } from './plan.js';

const seed = 1;
const space = gatedSpace();
const guided = mixnetSpace(space, undefined, 1);
const blind = mixnetSpace(space);
const runtime = await loadRuntime({ intraOpThreads: 1 });
let scorer: Scorer | undefined;

async function superTrain({ path, data, recipe, validation }: GateTask): Promise<object> {
  const dataset = await loadDataSet(data);
  const indices = splitTrainValidation(dataset.train, { validation, seed }).train;
  await trainInto(path, { space, dataset, indices, recipe, seed, runtime });
  return {};
}

async function open({ path, data, recipe, validation, calibration }: GateTask): Promise<Scorer> {
  const dataset = await loadDataSet(data);
  const split = splitTrainValidation(dataset.train, { validation, seed });
  const supernet = openSupernet(space, dataset, recipe, seed, runtime);
  supernet.load(weightsIn(path));
  return createScorer({ supernet, dataset, split, calibration, seed, runtime });
}

const mixOrSplit = /\.(mix|split)$/;

/** A blind mutation of the genes that gates have a say in: everything else stays. */
function blindly(genome: Genome, random: ReturnType<typeof createRandom>): Genome {
  for (;;) {
    const child = blind.mutate(genome, random);
    const changed = space.genes.filter((_, i) => child[i] !== genome[i]).map(({ name }) => name);
    const units = new Set(changed.map((name) => name.replace(mixOrSplit, '')));
    if (units.size === 1 && changed.every((name) => mixOrSplit.test(name))) return child;
  }
}

/** One network, and its score after a guided and after a blind mutation. */
async function pair(task: GateTask): Promise<object> {
  scorer ??= await open(task);
  const random = createRandom(`gates/${task.index}`);
  for (;;) {
    const genome = guided.random(random);
    const parent = scorer.score(genome).accuracy;
    const values = gateMetrics(space.decode(genome), scorer.gates(genome));
    if (Object.keys(values).length === 0) continue;
    const guidedChild = guided.mutate(genome, random, values);
    const blindChild = blindly(genome, random);
    return {
      parent,
      guided: scorer.score(guidedChild).accuracy,
      blind: scorer.score(blindChild).accuracy,
    };
  }
}

serveTasks((task: GateTask) => (task.kind === 'supernet' ? superTrain(task) : pair(task)));
