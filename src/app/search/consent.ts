/**
 * What a run's config starts or writes to when the run is resumed was wanted by whoever made the run. A folder that came
 * from somebody else does nothing of the kind before this user has said so.
 */
import { MixnasError, commandLine, consentTo, isConsent } from '../../base/index.js';
import { evaluatorOf } from '../../evaluation/index.js';
import type { RunView } from '../../runs/index.js';
import type { RunConfig } from '../config/index.js';

type Acting = Pick<RunConfig, 'evaluator' | 'alerts' | 'executor'>;

/** What a config may do outside of the run folder. */
interface Deeds {
  readonly program?: string | readonly string[];
  readonly alert?: string | readonly string[];
  readonly webhook?: string;
  /** Where trials are sent to, and images with them. */
  readonly fleet?: { readonly redis: string; readonly store?: string | undefined };
}

function deedsOf({ evaluator, alerts, executor }: Acting): Deeds | undefined {
  const { program } = evaluatorOf(evaluator);
  const deeds: Deeds = {
    ...(program !== undefined && { program }),
    ...(alerts?.command !== undefined && { alert: alerts.command }),
    ...(alerts?.webhook !== undefined && { webhook: alerts.webhook }),
    ...(executor?.kind === 'bullmq' && { fleet: { redis: executor.redis, store: executor.store } }),
  };
  return Object.keys(deeds).length > 0 ? deeds : undefined;
}

/** This user's mark on what a config may do, for the manifest; undefined where that is nothing, or there is no key. */
export function consentOf(config: Acting): string | undefined {
  const deeds = deedsOf(config);
  return deeds && consentTo(deeds);
}

const inWords = (program: string | readonly string[]) =>
  typeof program === 'string' ? program : program.join(' ');

/** @throws MixnasError `bad-run` where a config would act and this user has not consented to it. */
export function requireConsent(
  { name, folder, manifest }: Pick<RunView, 'name' | 'folder' | 'manifest'>,
  config: Acting,
  trust: boolean,
): void {
  const deeds = deedsOf(config);
  if (!deeds || trust || isConsent(manifest.consent, deeds)) return;
  const { program, alert, webhook, fleet } = deeds;
  const does = [
    ...[program, alert].flatMap((one) => (one === undefined ? [] : [`start \`${inWords(one)}\``])),
    ...(webhook === undefined ? [] : [`post to ${webhook}`]),
    ...(fleet ? [`send trials to ${[fleet.redis, fleet.store].filter(Boolean).join(' and ')}`] : []),
  ].join(' and ');
  throw new MixnasError('bad-run', `The run ${name} would ${does}, and does not say that you made it.`, {
    remedy: `Look at ${folder}/config.json. If you trust it: ${commandLine('resume', folder, '--trust')}`,
  });
}
