/** A screen of a recorded run as a picture, without a terminal: for the README. */
import { MixnasError } from '../base/index.js';
import { readRun } from '../runs/index.js';
import { screenIds } from './bindings.js';
import { blockToSvg } from './draw/svg.js';
import { drawFrame, screenSize } from './frame.js';
import { createRunModel } from './model/run-model.js';
import { alone } from './screens/screen.js';
import { initialState } from './state.js';

/**
 * The dashboard on a run, as an SVG of a terminal. The clock stands where the run was last written, so that
 * the same run gives the same picture.
 * @param run its folder, or its name under runs/.
 * @throws MixnasError `bad-run`, or `bad-usage` for a screen that there is not.
 */
export function dashboardPicture(
  run: string,
  screen: string,
  size: { readonly columns: number; readonly rows: number },
): string {
  const id = screenIds.find((one) => one === screen);
  if (id === undefined) {
    throw new MixnasError('bad-usage', `There is no screen ${screen}: choose from ${screenIds.join(', ')}.`);
  }
  const view = readRun(run);
  const model = createRunModel(view);
  model.settle();
  const { columns, rows } = size;
  const ui = { ...initialState, screen: id };
  const context = {
    model,
    ...alone,
    ui,
    ...screenSize(columns, rows),
    glyphs: 'braille' as const,
    now: view.lastAt,
  };
  return blockToSvg(drawFrame(context, columns, rows), `mixnas dashboard ${view.name}`, columns);
}
