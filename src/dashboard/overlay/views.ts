/** What is shown of overlaid runs, in the order in which a key goes through them. */
export const overlayViews = ['fronts', 'progress', 'configs'] as const;
export type OverlayView = (typeof overlayViews)[number];
