/** A resolved config, as types: what `config.json` of a run holds. */
import type { EvaluatorSpec } from '../../evaluation/index.js';
import type { ResolvedDataSpec } from '../../training/index.js';
import type { ConfigFile } from './schema.js';

/** A search with nothing left open; what `config.json` of a run holds. */
export interface RunConfig {
  /** What the run is called, but for its number. */
  readonly name: string;
  readonly seed: string | number;
  /** Name or path of the space. */
  readonly space: string;
  readonly dataset: ResolvedDataSpec;
  readonly deploy: { readonly resolution: number; readonly classes: number };
  /** Names of the profiles. */
  readonly profiles: readonly string[];
  readonly limits: ConfigFile['limits'];
  /** Names of metrics, and formulas. */
  readonly objectives: readonly ObjectiveSpec[];
  /** Conditions beyond `limits`. */
  readonly constraints: readonly string[];
  /** Whether limits and default objectives are on the upper end of the latency's band. */
  readonly robust: boolean;
  readonly sampler: { readonly name: string } & Readonly<Record<string, unknown>>;
  /** How strongly proposals prefer the numbers of groups that are fast on the devices. */
  readonly groupGuide: number;
  /** Share of the mutations of a gated network that follow its gates. */
  readonly gateGuide: number;
  readonly evaluator: EvaluatorSpec;
  readonly budget: { readonly trials: number; readonly seconds?: number | undefined };
  readonly stop?: StopRules | undefined;
  readonly fidelity?: FidelitySpec | undefined;
  readonly warmStart?: ConfigFile['warmStart'];
  readonly workers: number;
}

/** A metric by name, or a formula. */
export type ObjectiveSpec = NonNullable<ConfigFile['objectives']>[number];
export type StopRules = NonNullable<ConfigFile['stop']>;
export type FidelitySpec = NonNullable<ConfigFile['fidelity']>;
