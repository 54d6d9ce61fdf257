/** What the operators and functions of filters do. */
import type { Comparison } from './filter-parse.js';

const differs = (a: number, b: number) => Math.abs(a - b) > 1e-9 * Math.max(Math.abs(a), Math.abs(b));
/** What has no value meets no comparison. */
export const comparisons: Readonly<Record<Comparison, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '=': (a, b) => a === b || !(differs(a, b) || a - a !== 0 || b - b !== 0),
  '!=': (a, b) => differs(a, b),
  '~': () => false,
};
/** What an operator is with its sides turned around. */
export const opposite: Readonly<Partial<Record<Comparison, Comparison>>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};
export const textComparisons: Readonly<Partial<Record<Comparison, (a: string, b: string) => boolean>>> = {
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '~': (a, b) => a.includes(b),
};
export const functions: Readonly<Record<string, (...values: number[]) => number>> = {
  min: Math.min,
  max: Math.max,
  best: Math.min,
  worst: Math.max,
  mean: (...values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  abs: Math.abs,
  sqrt: Math.sqrt,
  exp: Math.exp,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
};
export const filterFunctions = Object.keys(functions);
/** Those of numbers without a unit. */
export const ofPlainNumbers = new Set(['exp', 'log', 'log2', 'log10']);
