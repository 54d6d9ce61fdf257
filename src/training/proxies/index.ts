/** Zero-cost proxies: how good a network promises to be, without training it. */
export { azNasStanding, ensembleStanding } from './ensemble.js';
export { type ProxyName, type ProxyScores, defaultProxies, laterScores, proxyNames } from './names.js';
export { type ScoreOptions, proxyBatches, scoreNetwork } from './score.js';
