/**
 * Spaces whose channels suit the devices: widths move to multiples here, borders between the groups of mixed convolutions
 * where blocks are lowered (`groupSizes`). What channels do not allow stays as it was, and is said.
 */
import { canAlign, expandedChannels } from '../blocks/index.js';
import { type SpaceSpec, type StageSpec, isMixStage, searchOfStage } from './schema.js';

/** The nearest multiple, halves up; a width below one stays. */
function alignWidth(width: number, align: number): number {
  return width < align ? width : Math.floor(width / align + 0.5) * align;
}

const distinct = <T>(list: readonly T[]): T[] => [...new Set(list)];

/** Channels that go into blocks of a stage. */
function inputsOf({ stem, stages }: SpaceSpec, index: number): readonly number[] {
  const before = index === 0 ? stem.width : (stages[index - 1] as StageSpec).width;
  const { depth, width } = stages[index] as StageSpec;
  return Math.max(...depth) > 1 ? distinct([...before, ...width]) : before;
}

/** Stages that could no longer be built, or no longer be told from the one before, with these widths. */
function broken(spec: SpaceSpec): number[] {
  return [...spec.stages.keys()].filter((index) => {
    const stage = spec.stages[index] as StageSpec;
    const before = spec.stages[index - 1]?.width ?? [];
    const joins = stage.stride === 1 && stage.width.some((width) => before.includes(width));
    return joins || searchOfStage(stage).misfit(stage, inputsOf(spec, index)) !== undefined;
  });
}

/** Moves the widths of stem, stages and head, but for stages in `plain` (-1 is the stem). */
function moved(spec: SpaceSpec, align: number, plain: ReadonlySet<number>): SpaceSpec {
  const widths = (own: readonly number[], index: number) =>
    plain.has(index) ? own : distinct(own.map((width) => alignWidth(width, align)));
  return {
    ...spec,
    stem: { ...spec.stem, width: [...widths(spec.stem.width, -1)] },
    stages: spec.stages.map((stage, i) => ({ ...stage, width: widths(stage.width, i) })),
    head: { ...spec.head, width: distinct(spec.head.width.map((width) => alignWidth(width, align))) },
  };
}

/** Numbers of expanded channels that are too few for their groups, by stage. */
function tooFew(spec: SpaceSpec, align: number): string[] {
  return spec.stages.flatMap((stage, index) => {
    if (!isMixStage(stage)) return [];
    const cases = inputsOf(spec, index).flatMap((input) =>
      stage.expansion.flatMap((expansion) => {
        const expanded = expandedChannels(input, expansion);
        const groups = stage.groups.filter((n) => n > 1 && !canAlign(expanded, n, align));
        return groups.length > 0 ? [`${expanded} channels in ${groups.join(' or ')}`] : [];
      }),
    );
    return cases.length > 0 ? [`stages[${index}] ${distinct(cases).join(', ')}`] : [];
  });
}

/** What a list of widths became. */
function change(name: string, before: readonly number[], after: readonly number[]): string[] {
  return before.join() === after.join() ? [] : [`${name} ${before.join(', ')} to ${after.join(', ')}`];
}

/** A space with widths as its `align` asks, and what that came to in sentences. */
export function alignSpace(spec: SpaceSpec): { readonly spec: SpaceSpec; readonly notes: readonly string[] } {
  const { align } = spec;
  if (align === undefined) return { spec, notes: [] };
  const plain = new Set<number>();
  let aligned = moved(spec, align, plain);
  // A stage that would break keeps its widths, and so does what comes before it: once more stay, others may fit or not.
  for (let known = -1; known < plain.size; ) {
    known = plain.size;
    for (const index of broken(aligned)) plain.add(index).add(index - 1);
    aligned = moved(spec, align, plain);
  }
  const changes = [
    ...change('stem.width', spec.stem.width, aligned.stem.width),
    ...spec.stages.flatMap(({ width }, i) =>
      change(`stages[${i}].width`, width, (aligned.stages[i] as StageSpec).width),
    ),
    ...change('head.width', spec.head.width, aligned.head.width),
  ];
  const kept = [...plain].filter((index) => index >= 0).map((index) => `stages[${index}]`);
  const few = tooFew(aligned, align);
  return {
    spec: aligned,
    notes: [
      ...(changes.length > 0 ? [`Widths are multiples of ${align}: ${changes.join('; ')}.`] : []),
      ...(kept.length > 0
        ? [
            `Widths of ${kept.join(', ')} stay: at multiples of ${align} two stages would be one, or groups would not divide them.`,
          ]
        : []),
      ...(few.length > 0
        ? [`Groups of fewer than ${align} channels keep the plain split: ${few.join('; ')} groups.`]
        : []),
    ],
  };
}
