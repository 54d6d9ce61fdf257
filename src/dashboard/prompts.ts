/** The line that a user types into: a filter, or something that a running search is asked. */
import { parseDuration } from '../base/index.js';
import { exportOrder } from './choose/export-order.js';
import type { Completion } from '../metrics/index.js';
import type { Command } from '../runs/index.js';
import type { Device } from './model/run-model.js';

export type PromptKind = 'filter' | 'budget' | 'limit' | 'queue' | 'stop' | 'network';

export interface Prompt {
  readonly kind: PromptKind;
  readonly text: string;
  /** The trial that is exported. */
  readonly trial?: number | undefined;
  /** What is wrong with the text as it stands. */
  readonly problem?: string | undefined;
  /** What Tab goes through: the text before it was pressed, what may stand at its end, and which stands there now. */
  readonly tabbed?: { readonly text: string; readonly options: readonly string[]; readonly at: number };
}

/** The prompt after Tab: what all completions begin with, or where that is nothing new the next of them. */
export function completed(prompt: Prompt, { from, options }: Completion): Prompt {
  const { kind, text, tabbed } = prompt;
  if (tabbed) {
    const at = (tabbed.at + 1) % tabbed.options.length;
    return { kind, text: `${tabbed.text}${tabbed.options[at]}`, tabbed: { ...tabbed, at } };
  }
  const [first] = options;
  if (first === undefined) return prompt;
  const before = text.slice(0, from);
  let shared = first.length;
  while (!options.every((option) => option.startsWith(first.slice(0, shared)))) shared--;
  const typed = text.length - from;
  if (options.length === 1 || (typed > 0 && shared > typed)) {
    return { kind, text: before + first.slice(0, options.length === 1 ? undefined : shared) };
  }
  return { kind, text: before + first, tabbed: { text: before, options, at: 0 } };
}

/** What stands before the text, and what explains it. */
export const promptTexts: Readonly<Record<PromptKind, { readonly label: string; readonly hint: string }>> = {
  filter: { label: 'find', hint: 'Enter keeps it, Esc drops it, Tab completes' },
  budget: { label: 'budget', hint: 'trials in all (200), or time (90min, 2h)' },
  limit: { label: 'limit', hint: 'PROFILE=MS, tighter than now' },
  queue: { label: 'queue', hint: 'a reference model, run#trial or a JSON file' },
  network: { label: 'export as', hint: 'tflite, onnx, pytorch or graph; int8 or float16; to FOLDER' },
  stop: { label: 'stop after the current trials, y or n', hint: '' },
};

/** What a kept line asks for. */
export type Order =
  | { readonly command: Command }
  | { readonly network: string }
  | { readonly trial: number; readonly args: readonly string[] }
  | { readonly problem: string }
  | undefined;

/** Reads a line that is not a filter; undefined where it asks for nothing. */
export function orderOf({ kind, text, trial }: Prompt, devices: readonly Device[]): Order {
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
    case 'network': {
      const order = exportOrder(value);
      return 'problem' in order || trial === undefined ? (order as Order) : { trial, args: order.args };
    }
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
