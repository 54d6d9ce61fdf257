/** How deep data may nest: what recurses over it must not run out of stack. */

/** Nobody nests deeper. */
export const mostDepth = 100;

/**
 * Whether a YAML text seems to nest deeper than a parser can bear that recurses: V8 ends the whole process where a
 * regular expression is compiled with no stack left.
 */
export function looksTooDeep(text: string): boolean {
  if (/^[\s\-?:]{400}/m.test(text)) return true;
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth = bracket === '[' || bracket === '{' ? depth + 1 : Math.max(0, depth - 1);
    if (depth > 2 * mostDepth) return true;
  }
  return false;
}

/** Whether data nests deeper than `mostDepth`; without recursion, and each shared part once. */
export function isTooDeep(data: unknown): boolean {
  const seen = new Set<unknown>();
  let level = [data];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > mostDepth) return true;
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null || seen.has(value)) continue;
      seen.add(value);
      for (const inner of Object.values(value)) if (typeof inner === 'object') next.push(inner);
    }
    level = next;
  }
  return false;
}
