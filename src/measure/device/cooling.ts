/** Waiting: for a device to cool, and for one whose cable was pulled to come back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { MixnasError } from '../../base/index.js';
import { type Heat, heatScript, parseHeat, tooHot } from './heat.js';
import { DeviceLost, type DevicePort } from './port.js';

export interface WaitOptions {
  /** Seconds to wait for a device that is gone, and for one that is hot. */
  readonly backSeconds: number;
  readonly coolSeconds: number;
  /** Between two looks. */
  readonly pollMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly onNote: (sentence: string) => void;
}

/** Reads a device's heat. */
export async function readHeat(port: DevicePort, signal?: AbortSignal): Promise<Heat> {
  const { stdout } = await port.shell(heatScript, { signal, timeoutMs: 60_000 });
  return parseHeat(stdout);
}

/**
 * Waits until a device is cool enough.
 * @param cool how it was at the start.
 * @param limit °C.
 * @throws MixnasError `failed` when it stays hot; or the signal's reason.
 */
export async function waitUntilCool(
  port: DevicePort,
  cool: Heat,
  limit: number,
  { coolSeconds, pollMs, signal, onNote }: WaitOptions,
): Promise<Heat> {
  const polls = Math.ceil((coolSeconds * 1000) / pollMs);
  for (let i = 0; ; i++) {
    const now = await readHeat(port, signal);
    const why = tooHot(now, cool, limit);
    if (why === undefined) return now;
    if (i === 0) onNote(`The ${port.name} is too hot to measure: ${why}. Waiting for it to cool.`);
    if (i >= polls) {
      throw new MixnasError('failed', `The ${port.name} stays too hot to measure: ${why}.`, {
        remedy:
          'Take it off its charger and out of its case, let it lie in the cool, and give the same command again; --max-temperature allows more.',
      });
    }
    await sleep(pollMs, undefined, signal && { signal });
  }
}

/** Waits for a device that is gone. @throws the fault that it went with, when it does not come back. */
export async function waitUntilBack(
  port: DevicePort,
  fault: DeviceLost,
  { backSeconds, pollMs, signal, onNote }: WaitOptions,
): Promise<void> {
  const polls = Math.ceil((backSeconds * 1000) / pollMs);
  if (polls > 0) onNote(`${fault.message} Waiting up to ${backSeconds} s for it to come back.`);
  for (let i = 0; i < polls; i++) {
    await sleep(pollMs, undefined, signal && { signal });
    if (!(await port.isThere(signal))) continue;
    onNote(`The ${port.name} is back.`);
    return;
  }
  throw fault;
}
