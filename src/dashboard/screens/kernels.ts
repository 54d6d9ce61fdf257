/** A prediction device kernel by device kernel: a bar each, and a mark for where its latency comes from. */
import type { Prediction } from '../../hardware/index.js';
import { bar } from '../draw/bar.js';
import { type Block, cut, fit, type Line, type Role, span } from '../draw/block.js';
import { formatBytes, formatMs, formatPercent, significant } from '../../base/index.js';

type Source = Prediction['kernels'][number]['source'];

/** Where a device kernel's latency comes from: a letter and a colour. */
const sources: Readonly<Record<Source, { readonly letter: string; readonly role: Role }>> = {
  measured: { letter: 'm', role: 'good' },
  simulated: { letter: 's', role: 'series0' },
  interpolated: { letter: 'i', role: 'series1' },
  extrapolated: { letter: 'e', role: 'bad' },
};

/** `m measured 61 %  e extrapolated 39 %` of the kernels' time. */
function sourcesLine(prediction: Prediction): Line {
  const total = prediction.kernels.reduce((sum, k) => sum + k.latencyUs, 0);
  return (Object.keys(sources) as Source[]).flatMap((source) => {
    const us = prediction.kernels.reduce((sum, k) => sum + (k.source === source ? k.latencyUs : 0), 0);
    if (us === 0) return [];
    const { letter, role } = sources[source];
    return [span(`${letter} `, role), span(`${source} ${formatPercent(us / total, 0)}  `, 'muted')];
  });
}

const numberWidth = 12;

/** The device kernels of a prediction, in the order in which they run, after the network's overhead. */
export function kernelBars(prediction: Prediction, width: number): Block {
  const { kernels, overheadUs } = prediction;
  const most = Math.max(...kernels.map((k) => k.latencyUs), 1);
  const nameWidth = Math.min(width >= 80 ? 36 : 30, Math.max(12, width - 30));
  const barWidth = Math.max(4, width - nameWidth - 3 - numberWidth);
  const row = (name: string, us: number, letter: string, role: Role): Line => [
    ...fit([span(cut(name, nameWidth))], nameWidth),
    span(` ${letter} `, role),
    ...bar(us / most, barWidth, role),
    span(`${significant(us)} µs`.padStart(numberWidth), 'muted'),
  ];
  /** An activation may be two device kernels. */
  const isTwice = (layer: string) => kernels.filter((k) => k.layer === layer).length > 1;
  const { lowMs, highMs, latencyMs, resolution } = prediction;
  return [
    [
      span(`${prediction.profile} ${formatMs(latencyMs)}`, 'accent', { bold: true }),
      span(`  90 %: ${significant(lowMs)} to ${formatMs(highMs)}`, 'muted'),
    ],
    [span(`memory ${memoryText(prediction)}, at ${resolution}x${resolution}`, 'muted')],
    [
      span(`overhead beyond its device kernels ${formatMs(overheadUs / 1000)}, `, 'muted'),
      span(`${formatPercent(overheadUs / 1000 / latencyMs, 0)} of the time`, 'muted'),
    ],
    sourcesLine(prediction),
    ...kernels.map((k) =>
      row(
        isTwice(k.layer) ? `${k.layer} ${k.op}` : k.layer,
        k.latencyUs,
        sources[k.source].letter,
        sources[k.source].role,
      ),
    ),
  ];
}

/** `11.3 MB: 3.01 MB of activations, 8.30 MB of weights`, and the runtime's share where it is known. */
function memoryText({ memory }: Prediction): string {
  const { activationBytes, weightBytes, runtimeBytes, totalBytes } = memory;
  const runtime = runtimeBytes > 0 ? `, ${formatBytes(runtimeBytes)} of the runtime` : '';
  return `${formatBytes(totalBytes)}: ${formatBytes(activationBytes)} of activations, ${formatBytes(weightBytes)} of weights${runtime}`;
}
