/** The terminal dashboard, and the drawing that plain output shares with it. Loads ink only when opened. */
export { type Block, line, span } from './draw/block.js';
export { table } from './draw/table.js';
export { paintBlock } from './draw/ansi.js';
export { agreementPlot } from './agreement-plot.js';
export { latencyCurve } from './latency-curve.js';
export { learningCurve } from './learning-curve.js';
export { canShowDashboard, detectTheme } from './terminal.js';
export type { Dashboard, DashboardOptions } from './open.js';
export type { PlainReporter } from './plain.js';
export { type StatusScreen, statusScreens } from './status-screens.js';

import { existsSync } from 'node:fs';
import type { Dashboard, DashboardOptions } from './open.js';

/** What shows a run without a dashboard; loaded only then, because it reads run folders. */
export function loadPlain(): Promise<typeof import('./plain.js')> {
  return import('./plain.js');
}

/** What reports a run without a terminal; loaded only then. */
export function loadStatus(): Promise<typeof import('./status.js')> {
  return import('./status.js');
}

/**
 * Opens the dashboard on a run, live or not; on the newest one where none is named.
 * @throws MixnasError `bad-run` when there is no such run or it cannot be read.
 */
export async function openDashboard(run: string | undefined, options: DashboardOptions): Promise<Dashboard> {
  const { open } = await loadOpen();
  return open(run, options);
}

/** The build has all of it in one file, which loads in a third of the time. */
function loadOpen(): Promise<typeof import('./open.js')> {
  const bundle = new URL('./open.bundle.js', import.meta.url);
  return existsSync(bundle)
    ? (import(bundle.href) as Promise<typeof import('./open.js')>)
    : import('./open.js');
}
