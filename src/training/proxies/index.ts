/** Zero-cost proxies: how good a network promises to be, without training it. */
export { ensembleStanding } from './ensemble.js';
export { type ProxyName, type ProxyScores, proxyNames } from './names.js';
export { type ScoreOptions, proxyBatches, scoreNetwork } from './score.js';
