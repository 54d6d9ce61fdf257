/** Keys that do the same wherever the cursor is on a trial. */
import { toggled } from '../state.js';
import type { Change, DrawContext } from './screen.js';

/** Marks the trial for comparison, or takes its mark away. */
export function markSelected(row: number | undefined, { model, ui }: DrawContext): Change | undefined {
  return row === undefined ? undefined : { marked: toggled(ui.marked, model.row(row).id) };
}

/** Lets the user edit the trial's network and queue the result. */
export function editSelected(row: number | undefined): Change | undefined {
  return row === undefined ? undefined : { effect: { type: 'edit', row } };
}

/** Shows the trial on the candidate screen. */
export function openCandidate(row: number | undefined, { model, ui }: DrawContext): Change | undefined {
  if (row === undefined) return undefined;
  return { selected: model.row(row).id, screen: 'candidate', previous: ui.screen, scroll: 0 };
}

/** Shows the trials, with the filter to be typed. */
export function findTrials({ ui }: DrawContext): Change {
  return { screen: 'trials', previous: ui.screen, scroll: 0, prompt: { kind: 'filter', text: ui.filter } };
}
