/** TensorBoard's event files of a search: `events/` in the run folder, a point for each finished trial. */
import { join } from 'node:path';
import { makeFolders, messageOf } from '../../../base/index.js';
import { type EventFile, createEventFile } from '../../../training/index.js';
import type { SearchEvent } from '../events.js';

/**
 * Passes on what a search reports, and writes a point for each trial: its metrics, the hypervolume and the size of the
 * front, over the number of finished trials. Where that cannot be written the search continues without.
 * @param finished trials of earlier sessions: TensorBoard drops points from there on.
 */
export function withEventLog(
  folder: string,
  finished: number,
  emit: (event: SearchEvent) => void,
): (event: SearchEvent) => void {
  let file: EventFile | undefined;
  let broken = false;
  return (event) => {
    emit(event);
    if (event.type !== 'finished' || broken) return;
    const { values, hypervolume, front } = event;
    const now = Date.now() / 1000;
    try {
      if (!file) {
        const events = join(folder, 'events');
        makeFolders(events);
        file = createEventFile(events, { startStep: finished, wallSeconds: now });
      }
      const metrics = event.state === 'complete' ? values : {};
      file.scalars(event.finished, { ...metrics, hypervolume, front }, now);
    } catch (error) {
      broken = true;
      emit({ type: 'notice', text: `TensorBoard's events are not written: ${messageOf(error)}` });
    }
  };
}
