/** Which choices of the space matter, worked out between frames: a random forest takes a second. */
import { significant } from '../../base/index.js';
import { type Importance, importanceSteps } from '../../runs/index.js';
import { bar } from '../draw/bar.js';
import { type Block, type Line, cut, fit, span, wrapText } from '../draw/block.js';
import { spaceOf } from '../model/candidate.js';
import type { RunModel } from '../model/run-model.js';

/** How long is worked between two frames. */
const sliceMs = 10;
/** A live run is looked at again when it has grown by this share. */
const growth = 0.2;

interface Work {
  readonly trials: number;
  steps: Generator<undefined, Importance> | undefined;
  result: Importance | undefined;
}
const works = new WeakMap<RunModel, Work>();

function begin(model: RunModel): Work {
  const { table } = model;
  const [goal] = model.view.manifest.objectives;
  const column = table.column(goal?.name ?? 'accuracy');
  const sign = goal?.direction === 'minimize' ? -1 : 1;
  const samples = [];
  for (let row = 0; row < table.count; row++) {
    if (table.stateOf(row) !== 'complete') continue;
    // The genome is decoded for the few that are used.
    const trial = model.row(row);
    samples.push({
      get genome() {
        return trial.genome;
      },
      quality: sign * (column[row] as number),
    });
  }
  const before = works.get(model)?.result;
  return {
    trials: table.counts.complete,
    steps: importanceSteps(spaceOf(model), samples),
    result: before,
  };
}

/** Works on for a moment. @throws MixnasError when the run's space cannot be read. */
function workOn(model: RunModel): Work {
  const known = works.get(model);
  const isOld =
    known !== undefined && !known.steps && model.table.counts.complete > known.trials * (1 + growth);
  const work = !known || isOld ? begin(model) : known;
  works.set(model, work);
  const until = performance.now() + sliceMs;
  while (work.steps && performance.now() < until) {
    const { done, value } = work.steps.next();
    if (!done) continue;
    work.result = value;
    work.steps = undefined;
  }
  return work;
}

/** Whether importance is still being worked out. */
export const isWorking = (model: RunModel): boolean => works.get(model)?.steps !== undefined;

/** A bar for each choice, the most important first, with what chance alone gives. */
export function importanceBlock(model: RunModel, width: number): Block {
  const { result } = workOn(model);
  const said = (text: string): Block => wrapText(text, width).map((part): Line => [span(part, 'muted')]);
  if (!result) return said('A random forest is grown over the trials ...');
  if (result.state === 'unclear') return said(result.reason);
  const { genes, chance, trials, explained } = result;
  const most = Math.max(...genes.map(({ importance }) => importance), 1e-9);
  const nameWidth = Math.min(30, Math.max(...genes.map(({ gene }) => gene.length)) + 2);
  const barWidth = Math.max(6, Math.min(60, width - nameWidth - 10));
  return [
    [span('what matters for the first objective', 'accent', { bold: true })],
    ...said(
      `permutation importance in a random forest over ${trials} trials, which explains ${(100 * explained).toFixed(0)} % of the variance in trials that it has not seen; below ${significant(chance, 2)} is chance`,
    ),
    ...genes.map(({ gene, importance }): Line => {
      const isChance = importance <= chance;
      return [
        ...fit([span(cut(gene, nameWidth - 1), isChance ? 'muted' : 'text')], nameWidth),
        ...bar(importance / most, barWidth, isChance ? 'muted' : 'front'),
        span(` ${significant(Math.max(0, importance), 2)}${isChance ? ' ~' : ''}`, 'muted'),
      ];
    }),
  ];
}
