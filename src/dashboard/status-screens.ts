/** Screens that `status` can print; the list of runs does not belong to a run. */
export const statusScreens = ['progress', 'front', 'trials', 'candidate', 'devices'] as const;
export type StatusScreen = (typeof statusScreens)[number];
