/** Where the latency of chosen networks goes: a bar by class of device kernel, and a strip by source beneath it. */
import { type Chosen, type KernelClass, bySource, byClass, kernelClasses } from '../model/breakdown.js';
import type { Device } from '../model/run.js';
import { formatMs } from '../../base/index.js';
import { type Plot, chart, frameOf, legendY } from './chart.js';
import { boxes, type Item, rules, texts } from './marks.js';
import { linear } from './scale.js';
import { type Role, textWidth } from './theme.js';

const roleOf: Readonly<Record<KernelClass, Role>> = {
  depthwise: 'series1',
  pointwise: 'series2',
  dense: 'series4',
  'element-wise': 'series3',
  'data movement': 'series5',
  overhead: 'series6',
};

/** The more certain, the stronger; the words beneath say the same. */
const strength = { measured: 0.95, simulated: 0.7, interpolated: 0.45, extrapolated: 0.2 } as const;

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** Draws it; each network has two lines of room. */
export function breakdownPlot(device: Device, chosen: readonly Chosen[], subtitle: string): Plot {
  const used = kernelClasses.filter((of) =>
    chosen.some(({ prediction }) => byClass(prediction).some((part) => part.of === of)),
  );
  const left =
    28 + Math.max(...chosen.map(({ name, why }) => Math.max(textWidth(name, 12), textWidth(why, 10))));
  const frame = frameOf(760, 154 + chosen.length * 62, { left, right: 84, top: 100 });
  const x = linear(
    [0, Math.max(...chosen.map(({ prediction }) => prediction.highMs)) * 1.02],
    frame.width,
    false,
  );
  const step = frame.height / chosen.length;
  const segments: (Item & { label: string })[] = [];
  const strips: Item[] = [];
  chosen.forEach(({ name, prediction }, row) => {
    const top = row * step + 8;
    let at = 0;
    for (const { of, ms, share } of byClass(prediction)) {
      const [from, to] = [x.pixel(at), x.pixel(at + ms)];
      at += ms;
      const label =
        [`${of} ${percent(share)}`, percent(share)].find((t) => textWidth(t, 11) < to - from - 8) ?? '';
      segments.push({
        x: from,
        x2: to - 0.6,
        y: top,
        y2: top + 24,
        role: roleOf[of],
        label,
        tip: `${name}; ${of} ${formatMs(ms)}; ${percent(share)} of ${formatMs(prediction.latencyMs)}`,
      });
    }
    let from = 0;
    for (const { of, share, ms } of bySource(prediction.kernels)) {
      const to = from + share * x.pixel(prediction.latencyMs - prediction.overheadUs / 1000);
      strips.push({
        x: from,
        x2: to,
        y: top + 26,
        y2: top + 31,
        opacity: strength[of],
        tip: `${name}; ${of} device kernels ${formatMs(ms)}; ${percent(share)} of the device kernels' time`,
      });
      from = to;
    }
  });
  const middle = (row: number) => row * step + 20;
  const band = ({ prediction: { lowMs, highMs } }: Chosen, row: number): Item[] => {
    const [low, high, y] = [x.pixel(lowMs), x.pixel(highMs), row * step + 3];
    return [
      { x: low, x2: high, y, y2: y },
      { x: low, x2: low, y: y - 3, y2: y + 3 },
      { x: high, x2: high, y: y - 3, y2: y + 3 },
    ];
  };
  const sourcesText = ({ prediction }: Chosen) =>
    bySource(prediction.kernels)
      .map(({ of, share }) => `${of} ${percent(share)}`)
      .join(', ');
  let legendX = 22 - left;
  const legend = used.flatMap((of) => {
    const at = legendX;
    legendX += textWidth(of, 11) + 34;
    return [
      boxes([{ x: at - 5, x2: at + 6, y: legendY(1) - 106, y2: legendY(1) - 95 }], { role: roleOf[of] }),
      texts([{ x: at + 12, y: legendY(1) - 100.5, text: of }], { role: 'muted' }),
    ];
  });
  return chart({
    name: `breakdown-${device.name.replace(/[^A-Za-z0-9._-]/g, '-')}`,
    title: `Where the time goes on ${device.name}`,
    subtitle: [subtitle],
    description: chosen
      .map(
        ({ name, why, prediction }) =>
          `${name} (${why}): ${formatMs(prediction.latencyMs)}, ${byClass(prediction)
            .map(({ of, share }) => `${of} ${percent(share)}`)
            .join(', ')}.`,
      )
      .join(' '),
    frame,
    x: { scale: x, title: `Predicted latency on ${device.name} (ms)` },
    marks: [
      ...legend,
      boxes(segments, { label: 'latency by class of device kernel' }),
      texts(
        segments
          .filter(({ label }) => label)
          .map(({ x: from, x2 = from, y, label }) => ({ x: (from + x2) / 2, y: y + 12, text: label })),
        { role: 'paper', size: 10, align: 'center', weight: 600 },
      ),
      rules(chosen.flatMap(band), { role: 'ink', strokeWidth: 1 }),
      boxes(strips, { role: 'ink', label: 'device kernels by source' }),
      texts(
        chosen.map((network, row) => ({ x: 0, y: middle(row) + 27, text: sourcesText(network) })),
        { role: 'muted', size: 10 },
      ),
      texts(
        chosen.map(({ prediction }, row) => ({
          x: x.pixel(prediction.latencyMs) + 8,
          y: middle(row),
          text: formatMs(prediction.latencyMs),
        })),
        { weight: 600 },
      ),
      texts(
        chosen.map(({ name }, row) => ({ x: -12, y: middle(row) - 5, text: name })),
        { weight: 600, size: 12, align: 'right' },
      ),
      texts(
        chosen.map(({ why }, row) => ({ x: -12, y: middle(row) + 10, text: why })),
        { role: 'muted', size: 10, align: 'right' },
      ),
    ],
  });
}
