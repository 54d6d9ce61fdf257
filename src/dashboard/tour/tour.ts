/**
 * A tour of the dashboard from a script of keys, as a recording for asciinema (version 2 of its format) and as an SVG
 * that moves. Nothing of it depends on a clock or a terminal: the same run gives the same bytes.
 */
import { readRun } from '../../runs/index.js';
import type { Block } from '../draw/block.js';
import { blockToSvg } from '../draw/svg.js';
import { drawFrame, screenSize } from '../frame.js';
import { createRunModel } from '../model/run-model.js';
import { createPainter } from '../painter.js';
import { screenOf } from '../screens/index.js';
import { type DrawContext, alone } from '../screens/screen.js';
import { type UiState, initialState } from '../state.js';
import { update } from '../update.js';

/** Keys of the tour, each with how long its frame stays, in seconds. */
export type TourStep = readonly [key: string, seconds: number];

export interface Tour {
  /** A line of JSON for the head, and one for each write. */
  readonly cast: string;
  readonly svg: string;
}

interface Shot {
  readonly at: number;
  readonly frame: Block;
}

/** Plays the steps on a recorded run. */
function play(run: string, steps: readonly TourStep[], { columns, rows }: TourSize) {
  const view = readRun(run);
  const model = createRunModel(view);
  model.settle();
  let ui: UiState = initialState;
  const context = (): DrawContext => ({
    ...alone,
    model,
    ui,
    ...screenSize(columns, rows),
    glyphs: 'braille',
    now: view.lastAt,
  });
  const draw = (): Block => {
    // What a screen works out between frames is there before the next is taken.
    while (screenOf(ui.screen).unfinished?.(context())) screenOf(ui.screen).draw(context());
    screenOf(ui.screen).draw(context());
    while (screenOf(ui.screen).unfinished?.(context())) screenOf(ui.screen).draw(context());
    return drawFrame(context(), columns, rows);
  };
  const shots: Shot[] = [{ at: 0, frame: draw() }];
  let at = firstSeconds;
  for (const [key, seconds] of steps) {
    ({ ui } = update({ type: 'key', key }, context()));
    shots.push({ at, frame: draw() });
    at += seconds;
  }
  return { name: view.name, shots, length: at };
}

const firstSeconds = 2;

export interface TourSize {
  readonly columns: number;
  readonly rows: number;
}

/** @throws MixnasError `bad-run` where there is no such run. */
export function recordTour(run: string, steps: readonly TourStep[], size: TourSize): Tour {
  const { name, shots, length } = play(run, steps, size);
  const title = `mixnas dashboard ${name}`;
  return { cast: castOf(shots, title, length, size), svg: svgOf(shots, title, length, size) };
}

function castOf(shots: readonly Shot[], title: string, length: number, { columns, rows }: TourSize): string {
  const head = { version: 2, width: columns, height: rows, title, env: { TERM: 'xterm-256color' } };
  const events: string[] = [];
  let at = 0;
  const painter = createPainter({ colours: 'true', glyphs: 'braille' }, (text) =>
    events.push(JSON.stringify([Number(at.toFixed(2)), 'o', text])),
  );
  painter.reset();
  for (const shot of shots) {
    at = shot.at;
    painter.show(shot.frame);
  }
  return `${[JSON.stringify(head), ...events, JSON.stringify([length, 'o', ''])].join('\n')}\n`;
}

/** A picture that is shown for less is left out. */
const leastSeconds = 0.3;

/** One picture a shot, each shown in its time; players without animation show the first. */
function svgOf(all: readonly Shot[], title: string, length: number, { columns }: TourSize): string {
  // Letters that are typed share one picture: that of the last one of a word.
  const shots = all.filter(({ at }, i) => i === 0 || (all[i + 1]?.at ?? length) - at >= leastSeconds);
  const pictures = shots.map(({ frame }) => blockToSvg(frame, title, columns));
  const [head = ''] = /^<svg[^>]*>/.exec(pictures[0] ?? '') ?? [];
  const groups = pictures.map((picture, i) => {
    const body = picture.replace(/^<svg[^>]*>\n<title>[^\n]*\n/, '').replace(/<\/svg>\s*$/, '');
    const from = (shots[i] as Shot).at / length;
    const to = (shots[i + 1]?.at ?? length) / length;
    const times = [...new Set([0, from, to, 1])].sort((a, b) => a - b);
    const values = times.map((time) => (time >= from && time < to ? 'visible' : 'hidden'));
    const animation = `<animate attributeName="visibility" dur="${length}s" repeatCount="indefinite" calcMode="discrete" keyTimes="${times.map((time) => time.toFixed(4)).join(';')}" values="${values.join(';')}"/>`;
    return `<g visibility="${i === 0 ? 'visible' : 'hidden'}">${animation}\n${body}</g>`;
  });
  return [head, `<title>${title}</title>`, ...groups, '</svg>', ''].join('\n');
}
