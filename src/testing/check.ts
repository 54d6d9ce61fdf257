/** A named check, and how a test runner of any kind is given a list of them. */

/** One property; `run` throws an AssertionError where it does not hold. */
export interface Check {
  readonly name: string;
  run(): void;
}

/** What vitest, jest, mocha and node:test have in common. */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly test: (name: string, body: () => void) => unknown;
}

/** Registers a test for each check, in a group of this name. */
export function runChecks(name: string, checks: readonly Check[], { describe, test }: TestRunner): void {
  describe(name, () => {
    for (const check of checks) test(check.name, () => check.run());
  });
}
