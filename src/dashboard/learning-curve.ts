/** The learning curve of one training, for the plain terminal. */
import { type CurvePoint, formatInteger, formatPercent, significant } from '../base/index.js';
import type { Block } from './draw/block.js';
import type { GlyphSet } from './draw/glyphs.js';
import { lineChart } from './draw/line-chart.js';
import { type Scale, scaleOver, shareScaleOver } from './draw/scale.js';

const size = { width: 64, height: 14 };

/** The loss over the steps, and validation accuracy where it was measured more than once; none for a point. */
export function learningCurve(points: readonly CurvePoint[], glyphs: GlyphSet): Block {
  const losses = points.filter(({ loss }) => Number.isFinite(loss));
  if (losses.length < 2) return [];
  const x = {
    label: 'step',
    scale: scaleOver(losses.map(({ step }) => step)),
    format: (value: number) => formatInteger(Math.round(value)),
  };
  const plot = (
    label: string,
    values: readonly { x: number; y: number }[],
    over: (values: number[]) => Scale,
    format: (v: number) => string,
  ) =>
    lineChart({
      ...size,
      x,
      y: { label, scale: over(values.map(({ y }) => y)), format },
      series: [{ points: values, role: 'series0' }],
      glyphs,
    });
  const loss = plot(
    'training loss',
    losses.map((point) => ({ x: point.step, y: point.loss })),
    scaleOver,
    (value) => significant(value),
  );
  const measured = points.flatMap(({ step, accuracy }) =>
    accuracy === undefined ? [] : [{ x: step, y: accuracy }],
  );
  if (measured.length < 2) return loss;
  return [
    ...loss,
    [],
    ...plot('validation accuracy', measured, shareScaleOver, (value) => formatPercent(value, 1)),
  ];
}
