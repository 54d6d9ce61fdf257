/** Latency over bandwidth, as the plain output of `split` draws it. */
import { significant } from '../base/index.js';
import type { Block } from './draw/block.js';
import type { GlyphSet } from './draw/glyphs.js';
import { lineChart } from './draw/line-chart.js';
import { scaleOver } from './draw/scale.js';

/** Curves of milliseconds over megabits a second, both axes logarithmic; the first is drawn over the others. */
export function latencyCurve(
  curves: readonly (readonly { readonly x: number; readonly y: number }[])[],
  glyphs: GlyphSet,
): Block {
  const all = curves.flat();
  const axis = (label: string, values: readonly number[]) => ({
    label,
    scale: scaleOver(values, true),
    format: (value: number) => significant(value, 2),
  });
  const roles = ['series0', 'series1', 'series2'] as const;
  return lineChart({
    width: 72,
    height: 14,
    x: axis('Mbps', [...new Set(all.map(({ x }) => x))]),
    y: axis(
      'ms',
      all.map(({ y }) => y),
    ),
    series: curves.map((points, i) => ({ points, role: roles[i % roles.length] ?? 'series0' })).toReversed(),
    glyphs,
  });
}
