/** Screens that `status` can print; the list of runs is no part of a run. */
export const statusScreens = ['progress', 'front', 'trials', 'candidate', 'devices'] as const;
export type StatusScreen = (typeof statusScreens)[number];
