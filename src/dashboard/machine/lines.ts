/** The load of the machine in a few lines. */
import { formatBytes, significant } from '../../base/index.js';
import { type Block, type Line, cut, span } from '../draw/block.js';
import type { MachineLoad, WorkerLoad } from './sampler.js';

/** `1.0 cores  412 MiB  930 images/s`, what is known of a worker. */
export function workerText({ cores, memoryBytes, steps, images }: WorkerLoad): string {
  return [
    cores === undefined ? '' : `${cores.toFixed(1)} cores`,
    memoryBytes === undefined || Number.isNaN(memoryBytes) ? '' : formatBytes(memoryBytes),
    images !== undefined
      ? `${significant(images)} images/s`
      : steps !== undefined
        ? `${significant(steps)} steps/s`
        : '',
  ]
    .filter((part) => part !== '')
    .join('  ');
}

const known = (value: number, text: string) => (Number.isFinite(value) ? text : '-');

/** GPUs and the temperature; none where neither is known. */
export function machineLines({ gpus, celsius }: MachineLoad, width: number): Block {
  return [
    ...gpus.map(({ name, percent, memoryBytes, totalBytes, celsius: degrees }): Line => {
      const text = `${known(percent, `${percent} %`)}  ${formatBytes(memoryBytes)} of ${formatBytes(totalBytes)}  ${known(degrees, `${degrees} °C`)}`;
      return [
        span('GPU          ', 'muted'),
        span(cut(text, width - 13)),
        span(cut(`  ${name}`, Math.max(0, width - 13 - text.length)), 'muted'),
      ];
    }),
    ...(celsius === undefined ? [] : [[span('processor    ', 'muted'), span(`${celsius.toFixed(0)} °C`)]]),
  ];
}
