/** Metrics for Prometheus: how they are served. What a search says is in `search/observe`, what a worker says in `worker`. */
export {
  type MetricsAddress,
  parseMetricsAddress,
  processMemory,
  serveMetrics,
  trialBuckets,
} from './server.js';
