/** Predicted over measured latency of a profile's networks. */
import { significant } from '../../base/index.js';
import { type Plot, chart, frameOf } from './chart.js';
import { path, symbols } from './marks.js';
import { costScale, type Scale } from './scale.js';

export interface AgreementPoint {
  readonly model: string;
  readonly measuredMs: number;
  readonly predictedMs: number;
  readonly errorPct: number;
}

/** The networks as points, the line where both agree, and lines 10 % above and below it. */
export function agreementPlot(profile: string, subtitle: string, points: readonly AgreementPoint[]): Plot {
  const frame = frameOf(640, 640, { top: 84, right: 40 });
  const values = points.flatMap(({ measuredMs, predictedMs }) => [measuredMs, predictedMs]);
  const x = costScale(values, frame.width);
  const upwards = costScale(values, frame.height);
  const y: Scale = { ...upwards, pixel: (value) => frame.height - upwards.pixel(value) };
  const [low, high] = [Math.max(x.domain[0], Math.min(...values) / 2), x.domain[1]];
  const lineAt = (factor: number) =>
    [Math.max(low, low / factor), Math.min(high, high / factor)].map((value) => ({
      x: x.pixel(value),
      y: y.pixel(value * factor),
    }));
  return chart({
    name: `${profile}-agreement`,
    title: `${profile}: predicted over measured latency`,
    subtitle: [subtitle, 'Solid: where both agree; dashed: 10 % more and less.'],
    description: points
      .map(
        ({ model, measuredMs, predictedMs }) =>
          `${model}: measured ${significant(measuredMs)} ms, predicted ${significant(predictedMs)} ms.`,
      )
      .join(' '),
    frame,
    x: { scale: x, title: 'Measured, ms' },
    y: { scale: y, title: 'Predicted, ms' },
    marks: [
      path(lineAt(1), { role: 'muted', strokeWidth: 1.5 }),
      ...[1.1, 1 / 1.1].map((factor) =>
        path(lineAt(factor), { role: 'faint', strokeWidth: 1, dash: [3, 3] }),
      ),
      symbols(
        points.map(({ model, measuredMs, predictedMs, errorPct }) => ({
          x: x.pixel(measuredMs),
          y: y.pixel(predictedMs),
          shape: 'circle' as const,
          tip: `${model}; measured ${significant(measuredMs)} ms; predicted ${significant(predictedMs)} ms; ${significant(errorPct, 2)} %`,
        })),
        { role: 'front', size: 36, label: 'networks' },
      ),
    ],
  });
}
