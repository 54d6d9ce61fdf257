/** A search, from its config to its front. */
import { probeBackend, evaluatorOf } from '../../evaluation/index.js';
import { checkNewRun, createRun, nextRunName, runsRoot } from '../../runs/index.js';
import { newContents } from './run-contents.js';
import {
  type ConfigInput,
  type SearchConfig,
  createCriteria,
  parseConfig,
  searchSpace,
} from '../config/index.js';
import { codeSpec, withCode } from './code-parts.js';
import { planForTime } from './plan/index.js';
import { type WarmStartParts, prepareSearch } from './parts.js';
import { type SearchHooks, type SearchResult, runSearch } from './run.js';
import { openData } from './run-data.js';
import { createWarmStart } from './warm-start/index.js';

/**
 * Searches.
 * @param given what `loadConfig` or `parseConfig` returned, or what a config file would hold.
 * @throws MixnasError for what is wrong with the config, limits that cannot be met, data, backend or run
 *   name: then nothing has been written. Later `no-space`, or workers that do not start: then the run can
 *   be resumed.
 */
export async function search(
  given: SearchConfig | ConfigInput,
  hooks: SearchHooks = {},
): Promise<SearchResult> {
  const resolved = resolveConfig(given, hooks);
  const root = hooks.root ?? runsRoot();
  const named = (config: SearchConfig) => config.runName ?? nextRunName(root, config.config.name);
  checkNewRun(root, named(resolved));
  const suited = hooks.evaluator ? resolved : await chooseForBackend(resolved, hooks);
  const space = searchSpace(suited.config, suited.profiles);
  const {
    config: chosen,
    criteria: compiled,
    profiles,
    runName,
  } = hooks.evaluator ? suited : await planForTime(suited, space, hooks);
  const config = withCode(chosen, hooks);
  // An evaluator from code may give other metrics than the one that the config names.
  const criteria = hooks.evaluator ? createCriteria(config) : compiled;
  const name = () => runName ?? nextRunName(root, config.name);
  checkNewRun(root, name());
  const notice = (text: string) => hooks.onEvent?.({ type: 'notice', text });
  // What is taken over from earlier runs depends on which data this one is of.
  space.alignment.forEach(notice);
  const channels = space.spec.inputChannels;
  const identity = config.warmStart?.runs.length ? await openData(config, { ...hooks, channels }) : undefined;
  const warmStart = (known: WarmStartParts) => createWarmStart({ ...known, root, notice, identity });
  const parts = prepareSearch(config, criteria, space, profiles, warmStart, hooks.sampler);
  return runSearch(parts, hooks, config.workers, (executor, identity) => {
    const contents = newContents(parts, executor, identity);
    return {
      writer: createRun(root, name(), contents),
      references: contents.references,
      created: contents.manifest.created,
      view: undefined,
    };
  });
}

/** A config of a script is parsed here; an evaluator from code says which metrics its formulas may use. */
function resolveConfig(given: SearchConfig | ConfigInput, { evaluator }: SearchHooks): SearchConfig {
  if ('config' in given) return given;
  return parseConfig({ ...given, ...(evaluator && { evaluator: codeSpec(evaluator) }) });
}

/** The config's `portable` variant where it has one and there is no TensorFlow. */
async function chooseForBackend(given: SearchConfig, { onEvent }: SearchHooks): Promise<SearchConfig> {
  if (!given.portable || !evaluatorOf(given.config.evaluator).trains) return given;
  const { backend } = await probeBackend();
  if (backend === 'tensorflow') return given;
  const { dataset, budget } = given.portable.config;
  onEvent?.({
    type: 'notice',
    text:
      `TensorFlow is not available, so this runs the config's \`portable\` search instead ` +
      `(${budget.trials} trials on ${dataset.name}, with the ${backend} backend); see \`mixnas doctor\`.`,
  });
  return given.portable;
}
