/** What trials are judged by, said once for the search, the runs, the dashboard and the report. */
export {
  type LatencyFamily,
  type SizeMetric,
  isSizeMetric,
  latencyFamilies,
  latencyMetric,
  limitedMetric,
  parseLatencyMetric,
  sizeMetrics,
} from './names.js';
