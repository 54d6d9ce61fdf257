/** What `npm run bench:export` has measured: a line of a file for each network, so that it may end at any time. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** One network in one precision. */
export interface Result {
  /** The space that it is of, or `reference models`. */
  readonly group: string;
  readonly network: string;
  readonly precision: 'float32' | 'int8';
  readonly images: number;
  readonly resolution: number;
  readonly runtimes: readonly {
    readonly name: string;
    /** Of floats, of the range of our own network's logits; of integers, steps from those of the ONNX file. */
    readonly largest: number;
    /** Of integers: share of the images with a logit more than 2 steps away. */
    readonly beyond?: number;
    /** Share of the images with the same class. */
    readonly agreement: number;
  }[];
}

/** The results that a file holds; a line that was cut off is left out. */
export function readResults(path: string): Result[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((text) => {
      try {
        return [JSON.parse(text) as Result];
      } catch {
        return [];
      }
    });
}

export function addResult(path: string, result: Result): void {
  mkdirSync(dirname(path), { recursive: true });
  appendFileSync(path, `${JSON.stringify(result)}\n`);
}

const percent = (share: number, digits = 2) => `${(100 * share).toFixed(digits)} %`;

function rowsOf(results: readonly Result[], precision: Result['precision']): string[] {
  const groups = new Map<
    string,
    { images: Set<number>; networks: Set<string>; all: Result['runtimes'][number][] }
  >();
  for (const { group, network, runtimes, images, precision: own } of results) {
    if (own !== precision) continue;
    for (const runtime of runtimes) {
      const key = `${group} | ${runtime.name}`;
      const known = groups.get(key) ?? { images: new Set(), networks: new Set(), all: [] };
      known.networks.add(network);
      known.images.add(images);
      known.all.push(runtime);
      groups.set(key, known);
    }
  }
  return [...groups].map(([key, { images, networks, all }]) => {
    const largest = Math.max(...all.map((runtime) => runtime.largest));
    const beyond = Math.max(...all.map((runtime) => runtime.beyond ?? 0));
    const least = Math.min(...all.map(({ agreement }) => agreement));
    const mean = all.reduce((sum, { agreement }) => sum + agreement, 0) / all.length;
    const about = `| ${key} | ${networks.size} | ${[...images].join(', ')} `;
    return precision === 'float32'
      ? `${about}| ${largest.toExponential(1)} | ${percent(least)} |`
      : `${about}| ${Math.round(largest)} | ${percent(beyond)} | ${percent(least)} | ${percent(mean)} |`;
  });
}

/** The page, whole. */
export function pageOf(results: readonly Result[]): string {
  const sizes = [...new Set(results.map(({ resolution }) => resolution))].join(' and ');
  return `# Exported files in the runtimes that run them

Written by \`npm run bench:export -- --page docs/results/export.md\`. Networks are random members of the spaces that come
with mixnas, and the reference models, at ${sizes} pixels, with random weights in which no layer is neutral; images are normal
noise. Logits of such networks are often level, so that a step decides the class: of trained networks see [int8](int8.md).

## Floats

The largest difference of a logit from our own network's, of the range of the logits, and the least share of the images of one
network with the same class.

| networks | runtime | networks measured | images each | largest difference | least share of the same class |
| --- | --- | ---: | ---: | ---: | ---: |
${rowsOf(results, 'float32').join('\n')}

## 8-bit integers

TFLite files next to the ONNX file of the same integers in ONNX Runtime, in steps of 256 of the logits; *beyond 2* is the largest
share of one network's images with a logit more than 2 steps away.

| networks | runtime | networks measured | images each | most steps | beyond 2 | least share of the same class | mean of it |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |
${rowsOf(results, 'int8').join('\n')}
`;
}

export function writePage(path: string, results: readonly Result[]): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, pageOf(results));
}
