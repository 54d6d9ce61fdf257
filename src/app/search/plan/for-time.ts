/** Plans a search that is given its time alone: measures, chooses, says what was chosen in one line. */
import { heldOutCount } from '../../../base/index.js';
import { evaluatorOf } from '../../../evaluation/index.js';
import type { MixnetSpace } from '../../../models/index.js';
import { type SearchConfig, resolvedConfigSchema } from '../../config/index.js';
import { openExecutor } from '../executor.js';
import { prepareSearch } from '../parts.js';
import type { SearchHooks } from '../run.js';
import { openData } from '../run-data.js';
import { measureSpeed, measuredSteps } from './measure.js';
import { type Speed, planSearch, shortestPlannedSeconds } from './plan.js';

/** The config with what its user left open filled in; the config as it is where there is nothing to plan. */
export async function planForTime(
  given: SearchConfig,
  space: MixnetSpace,
  hooks: SearchHooks,
): Promise<SearchConfig> {
  const { config, criteria, profiles, open } = given;
  const { seconds } = config.budget;
  const { recipe, inParts, steps, heldOut } = evaluatorOf(config.evaluator);
  if (!open || seconds === undefined || seconds < shortestPlannedSeconds || !recipe || !inParts) return given;
  const notice = (text: string) => hooks.onEvent?.({ type: 'notice', text });
  const identity = await openData(config, { ...hooks, channels: space.spec.inputChannels });
  if (!identity) return given;
  const { study } = prepareSearch({ ...config, sampler: { name: 'random' } }, criteria, space, profiles);
  const networks = study.ask(config.workers).map(({ architecture }) => architecture);
  const started = performance.now();
  const executor = await openExecutor(
    { config, space },
    { redis: hooks.redis },
    {
      workers: config.workers,
      identity,
      steps: measuredSteps + 1,
      signal: hooks.signal,
    },
  );
  const stop = () => void executor.close();
  hooks.signal?.addEventListener('abort', stop);
  let speed: Speed | undefined;
  try {
    speed = await measureSpeed(executor, networks);
  } finally {
    hooks.signal?.removeEventListener('abort', stop);
    await executor.close();
  }
  hooks.signal?.throwIfAborted();
  if (!speed) {
    notice('The time could not be planned: the networks that were to show the speed did not train.');
    return given;
  }
  const images = identity.classes.reduce((sum, { train }) => sum + train, 0);
  const left = Math.max(1, seconds - (performance.now() - started) / 1000);
  const plan = planSearch({
    seconds: left,
    workers: config.workers,
    speed,
    images: images - heldOutCount(heldOut, images),
    batchSize: recipe.batchSize ?? 64,
    steps,
    open,
  });
  notice(plan.text);
  const planned = resolvedConfigSchema.parse({
    ...config,
    evaluator: { ...config.evaluator, steps: plan.steps },
    fidelity: plan.fidelity ?? config.fidelity,
    finalists: plan.finalists ?? config.finalists,
    budget: { trials: plan.trials, seconds: left },
  });
  return { ...given, config: planned };
}
