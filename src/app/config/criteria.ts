/** What a search is judged by: objectives, limits and the metrics that both are computed from. */
import { MixnasError } from '../../base/index.js';
import {
  type Condition,
  type Constraint,
  type Expression,
  type Objective,
  compileExpression,
  directionOf,
  limitConstraints,
  parseConditions,
  deviceOfMemory,
  parseLatencyMetric,
  sizeMetrics,
} from '../../metrics/index.js';
import type { RunConfig } from './run-config.js';
import { evaluatorOf } from '../../evaluation/index.js';
import { targetConditions } from './stop-rules.js';

/** A metric that is computed from others. */
interface Derived {
  readonly name: string;
  readonly expression: Expression;
  /** Whether it reads nothing that only an evaluation gives. */
  readonly known: boolean;
}

export interface Criteria {
  readonly objectives: readonly Objective[];
  /** Limits: those on metrics that are known beforehand cost no evaluation. */
  readonly constraints: readonly Constraint[];
  /** Priced metrics that are needed beyond latency, MACs and parameters. */
  readonly needs: ReadonlySet<string>;
  /** The names of the computed metrics that are known beforehand. */
  readonly derivedKnown: readonly string[];
  /** The conditions that end the search; none where it has no target. */
  readonly target: readonly Condition[];
  /** What a user says an objective is to be divided by for the hypervolume. */
  readonly scales: Readonly<Record<string, number>>;
  /** Computes the metrics that are known beforehand. @throws MixnasError `bad-config` where one is not a number. */
  deriveKnown(known: Readonly<Record<string, number>>): Record<string, number>;
  /**
   * Computes the metrics that need what an evaluation gave.
   * @returns why the evaluation does not count, where one of them is not a number.
   */
  deriveMeasured(metrics: Readonly<Record<string, number>>): Record<string, number> | string;
}

/**
 * Compiles the criteria of a search; once, since parsing costs milliseconds.
 * @param what the file the config came from, for messages.
 * @throws MixnasError `bad-config` that names the field and what is wrong in its expression.
 */
export function createCriteria(
  config: Pick<
    RunConfig,
    'objectives' | 'constraints' | 'limits' | 'profiles' | 'evaluator' | 'robust' | 'stop'
  >,
  what = 'config',
): Criteria {
  const { profiles } = config;
  const measured = evaluatorOf(config.evaluator).metrics;
  const quantities = { profiles, measured: measured.filter((name) => name !== 'accuracy') };
  const derived: Derived[] = [];
  const needs = new Set<string>();

  function use(expression: Expression, name: string): string {
    for (const metric of expression.uses) needs.add(metric);
    if (expression.metric !== undefined) return expression.metric;
    if (!derived.some((d) => d.name === name)) {
      derived.push({ name, expression, known: !expression.uses.some((metric) => measured.includes(metric)) });
    }
    return name;
  }

  const scales: Record<string, number> = {};
  const objectives = config.objectives.map((spec, i): Objective => {
    if (typeof spec === 'string') {
      needs.add(spec);
      return { name: spec, direction: directionOf(spec) };
    }
    const direction = spec.maximize === undefined ? 'minimize' : 'maximize';
    const field = `${what}: \`objectives[${i}].${direction}\``;
    const expression = compileExpression(spec.maximize ?? spec.minimize ?? '', quantities, field);
    if (expression.constant !== undefined) {
      throw new MixnasError('bad-config', `${field}: \`${expression.text}\` is the same for every network.`);
    }
    const taken = spec.name !== undefined && [...measured, ...sizeMetrics].includes(spec.name);
    if (taken || (spec.name !== undefined && (parseLatencyMetric(spec.name) || deviceOfMemory(spec.name)))) {
      throw new MixnasError(
        'bad-config',
        `${what}: \`objectives[${i}].name\`: ${spec.name} is a metric already.`,
        {
          remedy: 'Choose another name.',
        },
      );
    }
    const name = use(expression, spec.name ?? expression.text);
    if (spec.scale !== undefined) scales[name] = spec.scale;
    return { name, direction };
  });
  const twice = objectives.find(({ name }, i) => objectives.findIndex((o) => o.name === name) !== i);
  if (twice) throw new MixnasError('bad-config', `${what}: \`objectives\`: ${twice.name} is listed twice.`);

  const written = config.constraints.flatMap((text, i) =>
    parseConditions(text, quantities, `${what}: \`constraints[${i}]\``).map(
      (condition): Constraint =>
        constraintOf(condition, use(condition.expression, condition.expression.text)),
    ),
  );
  const given = limitConstraints(config);
  for (const { metric } of given) needs.add(metric);
  const target = targetConditions(config, what);
  for (const { expression } of target) expression.uses.forEach((metric) => needs.add(metric));

  const known = derived.filter((d) => d.known);
  const later = derived.filter((d) => !d.known);
  return {
    objectives,
    constraints: [...given, ...written],
    needs,
    derivedKnown: known.map(({ name }) => name),
    target,
    scales,
    deriveKnown(metrics) {
      const values: Record<string, number> = {};
      for (const { name, expression } of known) {
        const value = expression.evaluate(metrics);
        if (Number.isNaN(value)) {
          throw new MixnasError(
            'bad-config',
            `${what}: \`${expression.text}\` is not a number for some networks.`,
            {
              remedy: 'Divisions by 0, logarithms of 0 and roots of negative numbers have no value.',
            },
          );
        }
        values[name] = value;
      }
      return values;
    },
    deriveMeasured(metrics) {
      const values: Record<string, number> = {};
      for (const { name, expression } of later) {
        const value = expression.evaluate(metrics);
        if (Number.isNaN(value)) return `\`${expression.text}\` is not a number for this result.`;
        values[name] = value;
      }
      return values;
    },
  };
}

const constraintOf = ({ max, min }: Condition, metric: string): Constraint => ({
  metric,
  ...(max === undefined ? {} : { max }),
  ...(min === undefined ? {} : { min }),
});
