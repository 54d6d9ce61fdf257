/** How filters get at the trials of a run: for `mixnas trials --where` and the dashboard alike. */
import {
  type FilterFields,
  type FilterVocabulary,
  latencyMetric,
  limitedMetric,
  parseLatencyMetric,
} from '../../metrics/index.js';
import { type Block, type MixnetSpace, describeBlock } from '../../models/index.js';
import { type TrialRow, metricOf } from '../rows/index.js';
import type { RunView } from '../view.js';

/** Trials from the newest on that are asked for the names of what they report. */
const looked = 200;

/** What the trials of a run can be asked for. */
export function filterVocabulary({ config, manifest, profiles, trials }: RunView): FilterVocabulary {
  const reported = new Set<string>();
  for (const row of trials.slice(-looked)) for (const name of Object.keys(row.values)) reported.add(name);
  const named = [...manifest.metrics, ...manifest.objectives.map(({ name }) => name), ...reported];
  return {
    profiles: Object.keys(profiles),
    measured: named.filter((name) => /^[a-z_]\w*$/i.test(name) && !parseLatencyMetric(name)),
    judged: (profile) => (profile in profiles ? limitedMetric(config, profile) : latencyMetric(profile)),
  };
}

/** The values of a block's field: several where it has several kernels, none where its kind has no such field. */
const fieldsOfBlock: Readonly<Record<string, (block: Block) => readonly (number | string | undefined)[]>> = {
  kernel: (block) => describeBlock(block).kernels,
  dilation: (block) => describeBlock(block).dilations ?? [],
  expansion: (block) => [describeBlock(block).expansion],
  groups: (block) => [describeBlock(block).expandGroups, describeBlock(block).projectGroups],
  se: (block) => [describeBlock(block).seRatio],
  stride: (block) => [block.stride],
  out: (block) => ['out' in block ? block.out : undefined],
  op: (block) => [block.op],
  gate: (block) => [describeBlock(block).gate],
  split: (block) => {
    const { split } = describeBlock(block);
    return [typeof split === 'object' ? split.join(':') : split];
  },
  activation: (block) => [describeBlock(block).activation],
};

const isKnown = <T>(value: T | undefined): value is T => value !== undefined;

/**
 * The fields of a run's trials.
 * @param space gives the run's space; asked for only by filters that look into networks.
 */
export function trialFields(
  space: () => MixnetSpace,
  onFront: (row: TrialRow) => boolean,
): FilterFields<TrialRow> {
  return {
    number: (metric) => {
      if (metric === 'trial') return ({ id }) => id;
      if (metric === 'seconds') return ({ seconds }) => seconds ?? Number.NaN;
      return (row) => metricOf(row, metric) ?? Number.NaN;
    },
    text: (field) => (row) => (field === 'state' ? row.state : field === 'origin' ? row.origin : row.reason),
    onFront,
    blocks: (field) => {
      const its = fieldsOfBlock[field] ?? (() => []);
      return ({ genome }) =>
        space()
          .decode(genome)
          .blocks.flatMap((block) => its(block).filter(isKnown));
    },
  };
}
