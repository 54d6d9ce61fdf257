/**
 * Fails where the layer law (.dependency-cruiser.cjs) permits what nobody uses: a room that does not exist, an import
 * that no module of its room has, or inner doors of a room without folders. `npm run layers` runs it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { forbidden } = createRequire(import.meta.url)('../.dependency-cruiser.cjs');
const namesIn = (pattern) => /\(([\w|]+)\)/.exec(pattern)?.[1]?.split('|') ?? [];
const faults = [];

for (const { name, to } of forbidden) {
  const [, room] = /^(\w+)-imports$/.exec(name) ?? [];
  if (room === undefined) continue;
  if (!existsSync(`src/${room}`)) {
    faults.push(`src/${room} does not exist`);
    continue;
  }
  const modules = readdirSync(`src/${room}`, { recursive: true }).filter(
    (path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$|test-helpers/.test(path),
  );
  const text = modules.map((path) => readFileSync(`src/${room}/${String(path)}`, 'utf8')).join('\n');
  const permitted = namesIn(to.path).filter((other) => other !== room);
  const unused = permitted.filter((other) => !text.includes(`../${other}/index.js'`));
  for (const other of unused) faults.push(`no module of src/${room} imports src/${other}`);
}
const doors = forbidden.find(({ name }) => name === 'inner-doors');
for (const room of namesIn(doors.from.path)) {
  const hasFolders = readdirSync(`src/${room}`, { withFileTypes: true }).some((entry) => entry.isDirectory());
  if (!hasFolders) faults.push(`src/${room} has no folders for inner doors`);
}

for (const fault of faults) console.error(`.dependency-cruiser.cjs permits what nobody uses: ${fault}.`);
process.exitCode = faults.length > 0 ? 1 : 0;
