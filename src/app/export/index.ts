/** Exporting networks to files for other runtimes. Read export.ts first. */
export { exportNetworks } from './export.js';
export type { ExportOptions } from './options.js';
export type { ExportReport } from './report.js';
