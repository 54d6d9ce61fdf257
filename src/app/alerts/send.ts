/** The ways of an alert out of the search: a program of the user's, and a URL. */
import { spawn } from 'node:child_process';
import { messageOf } from '../../base/index.js';
import type { Alert, AlertsConfig } from '../../runs/index.js';

/** What a program reads and a URL is posted. */
export interface AlertMessage extends Alert {
  readonly run: string;
  /** ISO 8601. */
  readonly time: string;
}

/** Runs the program. @throws what stops it: that it is not there, its exit code, the time. */
export function runCommand(
  { command, timeoutSeconds }: Pick<AlertsConfig, 'command' | 'timeoutSeconds'>,
  message: AlertMessage,
): Promise<void> {
  const [program = '', ...args] = typeof command === 'string' ? [command] : (command ?? []);
  return new Promise((done, fail) => {
    const child = spawn(program, args, {
      shell: typeof command === 'string',
      stdio: ['pipe', 'ignore', 'ignore'],
      env: {
        ...process.env,
        MIXNAS_ALERT: message.text,
        MIXNAS_ALERT_KIND: message.kind,
        MIXNAS_RUN: message.run,
      },
    });
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(new Error(`the command took longer than ${timeoutSeconds} s`));
    }, timeoutSeconds * 1000);
    child.on('error', fail);
    // A program that does not read its input has not failed.
    child.stdin.on('error', () => {});
    child.stdin.end(`${JSON.stringify(message)}\n`);
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) done();
      else fail(new Error(`the command ended with ${code ?? signal}`));
    });
  });
}

/** The URL of a webhook. @throws where the environment variable that it names holds none. */
function urlOf(webhook: string): URL {
  const text = webhook.startsWith('$') ? process.env[webhook.slice(1)] : webhook;
  if (!text) throw new Error(`the environment variable ${webhook.slice(1)} is not set`);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw new Error(`${webhook} is no http or https URL`);
  return url;
}

/** Posts the alert. @throws what stops it, without the URL, which may hold a secret. */
export async function postWebhook(
  { webhook = '', timeoutSeconds }: Pick<AlertsConfig, 'webhook' | 'timeoutSeconds'>,
  message: AlertMessage,
): Promise<void> {
  const url = urlOf(webhook);
  const line = `mixnas ${message.run}: ${message.text}`;
  // Chat services each read one of these.
  const body = JSON.stringify({ ...message, text: line, content: line });
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'mixnas' },
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutSeconds * 1000),
  }).catch((error: unknown) => {
    const { cause } = error as Error;
    throw new Error(`the webhook cannot be reached: ${messageOf(cause ?? error)}`);
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`the webhook answered ${response.status}`);
}
