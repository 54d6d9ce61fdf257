/** The learning curves of what is trained now, with those of the front faint behind. */
import { formatCount } from '../../base/index.js';
import type { Block, Role } from '../draw/block.js';
import { type Series, lineChart } from '../draw/line-chart.js';
import { formatApart, scaleOver, shareScaleOver } from '../draw/scale.js';
import type { RunModel } from '../model/run-model.js';
import type { DrawContext } from './screen.js';

/** Members of the front whose curves are shown: more are a surface. */
const mostBehind = 12;
const roles: readonly Role[] = ['series0', 'series1', 'series2', 'series3'];
const glyphs = ['●', '■', '▲', '◆'];

type Points = Series['points'];

/** The measured accuracies of a trial; its losses where none was measured. */
function pointsOf(model: RunModel, row: number, isAccuracy: boolean): Points {
  return model
    .row(row)
    .curve.flatMap(({ step, loss, accuracy }) =>
      isAccuracy ? (accuracy === undefined ? [] : [{ x: step, y: accuracy }]) : [{ x: step, y: loss }],
    );
}

/** Rows that run, in the order of their trials. */
function runningRows({ table, view }: RunModel): number[] {
  return view.workers.flatMap(({ trial }) => {
    const row = trial === undefined ? undefined : table.rowOf(trial);
    return row === undefined ? [] : [row];
  });
}

/** The chart; undefined where nothing runs, or nothing was reported yet. */
export function runningCurves(
  { model, glyphs: glyphSet }: DrawContext,
  width: number,
  height: number,
): Block | undefined {
  if (!model.view.live || height < 8 || width < 30) return undefined;
  const running = runningRows(model);
  const isAccuracy = running.some((row) => pointsOf(model, row, true).length > 1);
  const curves = running.map((row) => pointsOf(model, row, isAccuracy)).filter((points) => points.length > 0);
  if (curves.length === 0) return undefined;
  const front = model.table.front();
  const step = Math.max(1, front.length / mostBehind);
  const behind = model.memo(`behind ${isAccuracy}`, () =>
    Array.from({ length: Math.min(front.length, mostBehind) }, (_, i) =>
      pointsOf(model, front[Math.floor(i * step)] as number, isAccuracy),
    ),
  );
  const all = [...behind, ...curves].flat();
  return lineChart({
    width,
    height,
    glyphs: glyphSet,
    x: { label: 'step', scale: scaleOver([0, ...all.map(({ x }) => x)], false, 0), format: formatCount },
    y: {
      label: `${isAccuracy ? 'validation accuracy' : 'training loss'} of what runs; the front faint`,
      scale: (isAccuracy ? shareScaleOver : scaleOver)(all.map(({ y }) => y)),
      format: isAccuracy ? (v, gap) => `${formatApart(100 * v, 100 * gap)} %` : formatApart,
    },
    series: [
      ...behind.map((points): Series => ({ points, role: 'dominated' })),
      ...curves.map(
        (points, i): Series => ({
          points,
          role: roles[i % roles.length] as Role,
          glyph: glyphs[i % glyphs.length] as string,
        }),
      ),
    ],
  });
}
