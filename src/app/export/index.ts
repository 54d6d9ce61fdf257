/** Exporting networks to files for other runtimes. Read export.ts first. */
export { type ExportOptions, type ExportReport, exportNetworks } from './export.js';
