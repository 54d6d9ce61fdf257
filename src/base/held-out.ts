/** How many images a training holds out for validation: one definition for those who train and those who read a run. */

const mostByDefault = 2500;

/** The number of validation images among `images`, from what a config says. */
export function heldOutCount(held: number | undefined, images: number): number {
  if (held === undefined) return Math.max(1, Math.min(mostByDefault, Math.floor(images / 4)));
  return held < 1 ? Math.max(1, Math.round(held * images)) : held;
}
