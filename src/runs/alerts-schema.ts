/** What a search may give notice of, and how: the `alerts` of a config. */
import { z } from 'zod';

export const alertKinds = ['best', 'worker', 'failures', 'stagnation', 'end'] as const;
export type AlertKind = (typeof alertKinds)[number];

const count = z.number().int().positive();

/** Seconds that an alert's program or URL may take. */
const timeoutSeconds = 10;

export const alertsSchema = z.strictObject({
  on: z
    .array(z.enum(alertKinds))
    .default([...alertKinds])
    .describe(
      'What is reported: `best` (a better first objective within all limits), `worker` (one was lost), `failures` (the same failure again and again), `stagnation` (the front no longer grows), `end`.',
    ),
  bell: z.boolean().default(false).describe('Rings the bell of the terminal that shows the search.'),
  desktop: z
    .boolean()
    .default(false)
    .describe(
      'Shows a desktop notification where the terminal has them (OSC 9 or 777), else rings the bell.',
    ),
  command: z
    .union([z.string().min(1), z.array(z.string()).min(1)])
    .optional()
    .describe(
      'A program with its arguments as a list, or one line for the shell: gets the alert as JSON on its input, and its text in `MIXNAS_ALERT`.',
    ),
  webhook: z
    .string()
    .regex(
      /^(https?:\/\/\S+|\$[A-Za-z_][A-Za-z0-9_]*)$/,
      'expected a URL (http or https), or $NAME of an environment variable that holds one',
    )
    .optional()
    .describe(
      'A URL that the alert is posted to as JSON; `$NAME` takes it from the environment, so that no run holds it.',
    ),
  failures: count.max(1e6).default(3).describe('So many failures of one kind in a row are `failures`.'),
  stagnation: count
    .max(1e6)
    .default(50)
    .describe('So many finished trials without a new member of the front are `stagnation`.'),
  everySeconds: z
    .number()
    .min(0)
    .max(86_400)
    .default(30)
    .describe('Between two alerts of one kind; what comes meanwhile is one alert, the latest.'),
  timeoutSeconds: z
    .number()
    .positive()
    .max(600)
    .default(timeoutSeconds)
    .describe('A program or URL that takes longer is given up.'),
});

/** The `alerts` of a config with every default filled in. */
export type AlertsConfig = z.output<typeof alertsSchema>;
export const defaultAlerts: AlertsConfig = alertsSchema.parse({});
