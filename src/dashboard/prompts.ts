/** The line that a user types into: a filter, or something that a running search is asked. */
import { parseDuration } from '../base/index.js';
import type { Command } from '../runs/index.js';
import type { Device } from './model/run-model.js';

export type PromptKind = 'filter' | 'budget' | 'limit' | 'queue' | 'stop';

export interface Prompt {
  readonly kind: PromptKind;
  readonly text: string;
  /** What is wrong with the text as it stands. */
  readonly problem?: string | undefined;
}

/** What stands before the text, and what explains it. */
export const promptTexts: Readonly<Record<PromptKind, { readonly label: string; readonly hint: string }>> = {
  filter: { label: 'filter', hint: 'Enter keeps it, Esc drops it' },
  budget: { label: 'budget', hint: 'trials in all (200), or time (90min, 2h)' },
  limit: { label: 'limit', hint: 'PROFILE=MS, tighter than now' },
  queue: { label: 'queue', hint: 'a reference model, run#trial or a JSON file' },
  stop: { label: 'stop after the current trials, y or n', hint: '' },
};

/** What a kept line asks for. */
export type Order =
  | { readonly command: Command }
  | { readonly network: string }
  | { readonly problem: string }
  | undefined;

/** Reads a line that is not a filter; undefined where it asks for nothing. */
export function orderOf({ kind, text }: Prompt, devices: readonly Device[]): Order {
  const value = text.trim();
  if (value === '') return undefined;
  switch (kind) {
    case 'budget':
      return budgetOf(value);
    case 'limit':
      return limitOf(value, devices);
    case 'queue':
      return { network: value };
    case 'stop':
      return /^y(es)?$/i.test(value) ? { command: { type: 'stop' } } : undefined;
    case 'filter':
      return undefined;
  }
}

function budgetOf(value: string): Order {
  if (/^[1-9]\d{0,8}$/.test(value)) return { command: { type: 'trials', trials: Number(value) } };
  const seconds = parseDuration(value);
  return seconds === undefined || /^[\d.]+$/.test(value)
    ? { problem: 'a number of trials such as 200, or a time such as 90min' }
    : { command: { type: 'time', seconds } };
}

function limitOf(value: string, devices: readonly Device[]): Order {
  const match = /^(.+?)\s*=\s*(\d+(?:\.\d+)?)(?:\s*ms)?$/.exec(value);
  const device = devices.find(({ name }) => name === match?.[1]);
  const ms = Number(match?.[2]);
  if (!match || !(ms > 0)) return { problem: 'a device and milliseconds, such as mali-g76=7.5' };
  if (!device) return { problem: `devices: ${devices.map(({ name }) => name).join(', ')}` };
  return { command: { type: 'limit', profile: device.name, ms } };
}
