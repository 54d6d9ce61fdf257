/** The terminal dashboard, and the drawing that plain output shares with it. Loads ink only when opened. */
export { type Block, type Line, line, span } from './draw/block.js';
export { table } from './draw/table.js';
export { paintBlock } from './draw/ansi.js';
export { canShowDashboard, detectTheme } from './terminal.js';
export {
  formatBytes,
  formatCount,
  formatDuration,
  formatInteger,
  formatMs,
  formatPercent,
  significant,
} from './format.js';
export { type Dashboard, type DashboardOptions, openDashboard } from './open.js';
