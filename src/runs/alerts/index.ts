/** Alerts of a search: what gives rise to one, and their log. */
export { type Alert, type AlertWatch, type EndedTrial, type Goal, createAlertWatch } from './alert-watch.js';
export { type LoggedAlert, logAlert, readAlerts } from './alert-log.js';
export {
  type AlertKind,
  type AlertsConfig,
  alertKinds,
  alertsSchema,
  defaultAlerts,
} from '../alerts-schema.js';
