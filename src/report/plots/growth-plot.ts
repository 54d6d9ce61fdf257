/** Hypervolume over finished trials, of one run or several. */
import type { SymbolShape } from 'vega';
import type { Growth } from '../model/hypervolume.js';
import { type Plot, chart, frameOf } from './chart.js';
import { type Item, path, symbols, texts } from './marks.js';
import { linear } from './scale.js';
import { type Role, textWidth } from './theme.js';

/** One run's line. */
export interface GrowthLine {
  readonly name: string;
  readonly role: Role;
  readonly shape: SymbolShape;
  readonly steps: readonly Growth[];
  /** Finished trials in all, beyond the last step. */
  readonly finished: number;
}

export interface GrowthPlot {
  readonly name: string;
  readonly title: string;
  readonly subtitle: string;
  readonly lines: readonly GrowthLine[];
  /** Numbers of finished trials at which the run was resumed. */
  readonly resumed: readonly number[];
}

/** More steps than this would only cover each other. */
const mostSteps = 300;

/** Some of the steps, evenly, with the last. */
function thinned(steps: readonly Growth[]): readonly Growth[] {
  const each = Math.ceil(steps.length / mostSteps);
  return steps.filter((_, i) => (steps.length - 1 - i) % each === 0);
}

/** Draws it; each line has its name and last value at its end. */
export function growthPlot({ name, title, subtitle, lines, resumed }: GrowthPlot): Plot {
  const ends = lines.map((line) => ({ ...line, last: line.steps.at(-1)?.value ?? 0 }));
  const endText = (line: (typeof ends)[number]) =>
    `${lines.length > 1 ? `${line.name} ` : ''}${line.last.toFixed(3)}`;
  const right = 20 + Math.max(...ends.map((line) => textWidth(endText(line), 11) + 12));
  const frame = frameOf(760, 340, { top: 66, right });
  const x = linear([0, Math.max(1, ...lines.map(({ finished }) => finished))], frame.width, false);
  const y = linear([0, Math.max(0.01, ...ends.map(({ last }) => last)) * 1.12], frame.height, true);
  const marks = ends.flatMap(({ role, shape, steps, finished, last, name: run }) => {
    const points = thinned(steps).map(
      (step): Item => ({
        x: x.pixel(step.finished),
        y: y.pixel(step.value),
        shape,
        tip: `${run}; after ${step.finished} trials; hypervolume ${step.value.toFixed(4)}; raised by trial ${step.trial}`,
      }),
    );
    const start = { x: 0, y: y.pixel(0) };
    const end = { x: x.pixel(finished), y: y.pixel(last) };
    return [
      path([start, ...points, end], { role, strokeWidth: 2 }, true),
      symbols(points, { role, size: 30, label: `steps of ${run}` }),
    ];
  });
  const labels = spread(
    ends.map((line) => ({ y: y.pixel(line.last), text: endText(line), role: line.role })),
    14,
  );
  return chart({
    name,
    title,
    subtitle: [subtitle],
    description: ends
      .map(
        (line) =>
          `${line.name}: ${line.last.toFixed(3)} after ${line.finished} finished trials, raised ${line.steps.length} times.`,
      )
      .join(' '),
    frame,
    x: { scale: x, title: 'Finished trials', format: 'd' },
    y: { scale: y, title: 'Normalised hypervolume', ticks: 5 },
    marks: [
      ...resumed.map((at) =>
        path(
          [
            { x: x.pixel(at), y: 0 },
            { x: x.pixel(at), y: frame.height },
          ],
          { role: 'faint', strokeWidth: 1, dash: [2, 3] },
        ),
      ),
      texts(
        resumed.map((at) => ({ x: x.pixel(at) + 4, y: frame.height - 8, text: 'resumed' })),
        { role: 'muted', size: 10 },
      ),
      ...marks,
      texts(
        labels.map((label) => ({ ...label, x: frame.width + 10 })),
        { weight: 600 },
      ),
    ],
  });
}

/** Moves labels down where they would overlap, in the order of their heights. */
function spread<T extends { readonly y: number }>(labels: readonly T[], step: number): T[] {
  let floor = -Infinity;
  return labels
    .toSorted((a, b) => a.y - b.y)
    .map((label) => {
      floor = Math.max(label.y, floor + step);
      return { ...label, y: floor };
    });
}
