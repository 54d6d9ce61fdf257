/** What the trials say about the space, in the order in which a key goes through it. */
export const insightViews = ['importance', 'parallel', 'depth'] as const;
export type InsightView = (typeof insightViews)[number];
