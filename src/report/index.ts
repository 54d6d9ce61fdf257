/** The report: a page with plots about one run, or about several side by side. Loads Vega and sharp when it draws. */
export { type ReportOptions, type WrittenReport, writeReport } from './write.js';
