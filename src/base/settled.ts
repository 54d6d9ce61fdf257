/**
 * A cursor over things that settle in any order and are counted in the order of their numbers.
 * @param isSettled whether the thing with this number is settled; false for one that does not exist yet.
 * @param pass called once with each number, in order, when the cursor passes it.
 * @returns a function that moves on as far as it can, and returns how many first things are settled: the number
 *   of the first that is not. It never goes back.
 */
export function createSettledCursor(
  isSettled: (id: number) => boolean,
  pass?: (id: number) => void,
): () => number {
  let settled = 0;
  return () => {
    for (; isSettled(settled); settled++) pass?.(settled);
    return settled;
  };
}
