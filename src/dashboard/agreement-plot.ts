/** Predicted over measured latency, as `profile show` draws it: networks as dots around the line where both agree. */
import { significant } from '../base/index.js';
import { createPlot } from './draw/axes.js';
import type { Block } from './draw/block.js';
import type { GlyphSet } from './draw/glyphs.js';
import { scaleOver } from './draw/scale.js';

/** Both axes are logarithmic and have the same ends, in ms. */
export function agreementPlot(
  points: readonly { readonly measuredMs: number; readonly predictedMs: number }[],
  glyphs: GlyphSet,
): Block {
  const scale = scaleOver(
    points.flatMap(({ measuredMs, predictedMs }) => [measuredMs, predictedMs]),
    true,
  );
  const axis = (label: string) => ({ label, scale, format: (value: number) => significant(value, 2) });
  const plot = createPlot(64, 20, axis('measured ms'), axis('predicted ms'), glyphs);
  const { canvas } = plot;
  canvas.segment(
    plot.dotX(scale.min),
    plot.dotY(scale.min),
    plot.dotX(scale.max),
    plot.dotY(scale.max),
    'muted',
    0,
    2,
  );
  for (const { measuredMs, predictedMs } of points) {
    canvas.write(plot.cellX(measuredMs), plot.cellY(predictedMs), 'o', 'front');
  }
  return plot.finish();
}
