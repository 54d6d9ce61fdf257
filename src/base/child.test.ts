import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { startModule } from './child.js';

test('a module that works in the background has a lower priority than who started it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mixnas-child-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const module = join(folder, 'says.mjs');
  writeFileSync(module, `import { getPriority } from 'node:os'; process.send(getPriority());`);
  const priorityOf = async (background: boolean): Promise<unknown> => {
    const child = startModule(pathToFileURL(module), { background });
    onTestFinished(() => void child.kill());
    return ((await once(child, 'message')) as unknown[])[0];
  };
  const own = getPriority();
  expect(await priorityOf(false)).toBe(own);
  expect(await priorityOf(true)).toBe(Math.max(own, constants.priority.PRIORITY_BELOW_NORMAL));
});
