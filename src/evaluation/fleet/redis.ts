/** The way to Redis: packages that only a fleet needs, and errors that never show a password. */
import type { Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { MixnasError, messageOf } from '../../base/index.js';

interface FleetPackages {
  readonly Queue: typeof Queue;
  readonly Worker: typeof Worker;
  readonly Redis: typeof Redis;
}

/** BullMQ and its client, loaded where a fleet is used. */
export async function loadFleetPackages(): Promise<FleetPackages> {
  const [bullmq, ioredis] = await Promise.all([import('bullmq'), import('ioredis')]);
  return { Queue: bullmq.Queue, Worker: bullmq.Worker, Redis: ioredis.Redis };
}

/**
 * The URL of Redis: as given, or as a variable of the environment holds it.
 * @throws MixnasError `bad-config` where there is none, or it is no URL of Redis.
 */
export function resolveRedis(given: string, env: NodeJS.ProcessEnv = process.env): string {
  const isName = /^[A-Za-z_][A-Za-z0-9_]*$/.test(given);
  const url = isName ? env[given] : given;
  if (url === undefined || url === '') {
    throw new MixnasError('bad-config', `executor.redis: the environment variable ${given} is not set.`, {
      remedy: `Set it to the URL of Redis, such as redis://host:6379, or give \`--redis URL\`.`,
    });
  }
  if (!/^rediss?:\/\//.test(url) || !URL.canParse(url)) {
    const what = isName ? `the value of ${given}` : '--redis';
    throw new MixnasError('bad-config', `executor.redis: ${what} is not a URL of Redis.`, {
      remedy: 'It is such as redis://host:6379, or rediss://user:password@host:6380 with TLS.',
    });
  }
  return url;
}

/** The URL without user and password, for people and files; what is no URL stays. */
export function publicUrl(url: string): string {
  if (!URL.canParse(url)) return url;
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}

/** A text without what a URL holds in secret. */
export function withoutSecrets(text: string, url: string): string {
  const { username, password } = new URL(url);
  const secrets = [password, decodeURIComponent(password), username].filter((secret) => secret.length > 3);
  return secrets.reduce(
    (left, secret) => left.replaceAll(secret, '***'),
    text.replaceAll(url, publicUrl(url)),
  );
}

/** How long the first connection may take. */
const firstConnectionMs = 10_000;

/**
 * A connection that survives Redis being restarted: commands wait meanwhile.
 * @throws MixnasError `bad-config` where Redis is not there, refuses the password, or is too old.
 */
export async function connect(url: string): Promise<Redis> {
  const { Redis: Client } = await loadFleetPackages();
  const redis = new Client(url, { maxRetriesPerRequest: null, connectTimeout: 5000, lazyConnect: true });
  let problem = '';
  redis.on('error', (error: Error) => {
    problem = messageOf(error);
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(problem || 'no answer')), firstConnectionMs);
  });
  const refused = new Promise<never>((_, fail) => {
    redis.on('error', (error: Error) => {
      if (/NOAUTH|WRONGPASS|NOPERM|invalid.*password|ERR AUTH/i.test(messageOf(error))) fail(error);
    });
  });
  try {
    await Promise.race([redis.connect().then(() => redis.ping()), refused, late]);
    return redis;
  } catch (error) {
    redis.disconnect();
    const why = withoutSecrets(problem || messageOf(error), url);
    throw new MixnasError('bad-config', `Redis at ${publicUrl(url)} cannot be used: ${why}.`, {
      remedy: 'Check that it runs and is reached from here: redis-cli -u URL ping',
    });
  } finally {
    clearTimeout(timer);
    refused.catch(() => {});
    late.catch(() => {});
  }
}
