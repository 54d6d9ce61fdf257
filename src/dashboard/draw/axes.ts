/** The frame of a plot: room for the labels, ticks along both sides, and the canvas between. */
import { type Block, cut, fit, type Line, type Role, type Span, span, textWidth } from './block.js';
import { type Canvas, createCanvas } from './canvas.js';
import type { Dots } from './glyphs.js';
import { gapOf, positions, type Scale, ticks } from './scale.js';

export interface Axis {
  readonly label: string;
  readonly scale: Scale;
  /** @param gap between a tick and the next: what the digits must distinguish. */
  readonly format: (value: number, gap: number) => string;
}

export interface PlotArea {
  readonly canvas: Canvas;
  /** Width and height of the canvas in characters, and where it starts in the block. */
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
  /** Dot of a value; NaN where there is none. */
  dotX(value: number): number;
  dotY(value: number): number;
  cellX(value: number): number;
  cellY(value: number): number;
  /** The canvas with its axes: exactly the block's width and height. */
  finish(): Block;
}

const border: Role = 'muted';

/**
 * Lays a plot of `width` by `height` characters out: the y label above the axis, y ticks on the left, x
 * ticks and the x label below.
 */
export function createPlot(width: number, height: number, x: Axis, y: Axis, glyphs: Dots): PlotArea {
  const top = 1;
  const rows = Math.max(1, height - top - 2);
  const yTicks = ticks(y.scale, Math.max(1, Math.floor(rows / 3)));
  const yGap = gapOf(yTicks);
  const yTexts = yTicks.map((value) => y.format(value, yGap));
  const left = Math.max(1, ...yTexts.map(textWidth)) + 1;
  const columns = Math.max(1, width - left - 1);
  const canvas = createCanvas(columns, rows, glyphs);
  const [acrossOf, upOf] = [positions(x.scale), positions(y.scale)];
  const dotX = (value: number): number => acrossOf(value) * (canvas.dotWidth - 1);
  const dotY = (value: number): number => (1 - upOf(value)) * (canvas.dotHeight - 1);
  const cellX = (value: number): number => Math.floor((dotX(value) * columns) / canvas.dotWidth);
  const cellY = (value: number): number => Math.floor((dotY(value) * rows) / canvas.dotHeight);

  const finish = (): Block => {
    const labelOfRow = new Map(yTicks.map((value, i) => [cellY(value), yTexts[i] as string]));
    const plotted = canvas.toBlock().map((row, i): Line => {
      const label = labelOfRow.get(i);
      const edge = span(label === undefined ? '│' : '┤', border);
      return [...fit([span(label ?? '', 'muted')], left, 'right'), edge, ...row];
    });
    return [
      [span(cut(`${' '.repeat(left)}${y.label}`, width), 'muted')],
      ...plotted,
      ...xAxis(x, width, left, columns, cellX),
    ].map((row) => fit(row, width));
  };
  return { canvas, width: columns, height: rows, left: left + 1, top, dotX, dotY, cellX, cellY, finish };
}

/** The line under the plot, and below it the tick values with the label at the right end. */
function xAxis(x: Axis, width: number, left: number, columns: number, cellX: (v: number) => number): Block {
  const label = ` ${x.label}`;
  const room = Math.max(0, columns - textWidth(label));
  const values = ticks(x.scale, Math.max(2, Math.floor(columns / 10)));
  const gap = gapOf(values);
  const line = new Array<string>(columns).fill('─');
  const texts: Span[] = [];
  let used = 0;
  for (const value of values) {
    const text = x.format(value, gap);
    const cell = cellX(value);
    if (cell < 0 || cell >= columns) continue;
    line[cell] = '┬';
    const start = left + 1 + cell - Math.floor(textWidth(text) / 2);
    if (start < used + (used ? 1 : 0) || start + textWidth(text) > left + 1 + room) continue;
    texts.push(span(' '.repeat(start - used) + text, 'muted'));
    used = start + textWidth(text);
  }
  const end = width - textWidth(label);
  if (end >= used) texts.push(span(' '.repeat(end - used) + label, 'muted'));
  return [[span(`${' '.repeat(left)}└${line.join('')}`, border)], texts];
}
