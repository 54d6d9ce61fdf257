/** An S3-compatible store: `s3://bucket/prefix`, with the credentials and the endpoint that AWS's own variables name. */
import { MixnasError, messageOf, sizeLimits } from '../../../base/index.js';
import type { Shelf } from './store.js';

async function loadClient() {
  try {
    return await import('@aws-sdk/client-s3');
  } catch (error) {
    throw new MixnasError('bad-config', 'executor.store: `s3://` needs the package @aws-sdk/client-s3.', {
      remedy: 'Install it: npm install @aws-sdk/client-s3',
      cause: error,
    });
  }
}

const isMissing = (error: unknown): boolean =>
  ['NoSuchKey', 'NotFound'].includes((error as Error).name) ||
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 404;

/** @throws MixnasError `bad-config` without the client, or for a URL without a bucket. */
export async function s3Shelf(url: string): Promise<Shelf> {
  const { hostname: bucket, pathname } = new URL(url);
  if (bucket === '')
    throw new MixnasError('bad-config', `executor.store: ${url} has no bucket; s3://bucket/prefix has.`);
  const prefix = pathname.replaceAll(/^\/+|\/+$/g, '');
  const { S3Client, HeadObjectCommand, PutObjectCommand, GetObjectCommand, DeleteObjectCommand } =
    await loadClient();
  const endpoint = process.env['AWS_ENDPOINT_URL_S3'] ?? process.env['AWS_ENDPOINT_URL'];
  const client = new S3Client({
    region: process.env['AWS_REGION'] ?? 'us-east-1',
    // A server of one's own has its buckets as folders.
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
  });
  const at = (name: string) => ({
    Bucket: bucket,
    Key: `${prefix === '' ? '' : `${prefix}/`}${name.slice(0, 2)}/${name}`,
  });
  const place = `the store ${url}`;
  const failed = (error: unknown) =>
    new MixnasError('failed', `${place} does not answer: ${messageOf(error)}.`);
  return {
    place,
    mostBytes: sizeLimits.weights,
    holdsImages: true,
    async has(name) {
      try {
        await client.send(new HeadObjectCommand(at(name)));
        return true;
      } catch (error) {
        if (isMissing(error)) return false;
        throw failed(error);
      }
    },
    async put(name, bytes) {
      await client.send(new PutObjectCommand({ ...at(name), Body: bytes })).catch((error: unknown) => {
        throw failed(error);
      });
    },
    async get(name, most) {
      try {
        const { Body, ContentLength = 0 } = await client.send(new GetObjectCommand(at(name)));
        return ContentLength > most ? undefined : await Body?.transformToByteArray();
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw failed(error);
      }
    },
    async drop(name) {
      await client.send(new DeleteObjectCommand(at(name))).catch(() => {}); // what is left costs room only
    },
    close: async () => client.destroy(),
  };
}
