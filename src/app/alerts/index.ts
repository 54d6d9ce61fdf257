/** Alerts out of a search: to a program, a URL, and the run's log. */
export { type Alerting, createAlerting } from './with-alerts.js';
