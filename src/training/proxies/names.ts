/** The zero-cost proxies by name. */

/** Scores that look at the structure alone. */
export const trivialScores = ['params', 'macs', 'depth'] as const;

/** Scores of a network with initial weights; on a mini-batch of images, or on noise (synflow, zen). */
export const measuredScores = ['naswot', 'synflow', 'gradNorm', 'snip', 'zen', 'zico'] as const;

/** Later scores, which the default does not count: what it gives stays what it was. */
export const laterScores = ['azExpressivity', 'azProgressivity', 'azTrainability', 'swap'] as const;

export const defaultProxies = [...trivialScores, ...measuredScores] as const;
export const proxyNames = [...defaultProxies, ...laterScores] as const;
export type ProxyName = (typeof proxyNames)[number];

/** Scores of one network; the larger, the better it promises to be. */
export type ProxyScores = Readonly<Partial<Record<ProxyName, number>>>;
