/** Redis with TLS and a password: a certificate that is not trusted is refused, and no secret is said. */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { packageRoot } from '../../src/base/index.js';
import { RedisServer, freePort, withoutRedis } from '../support/redis.js';

const program = join(packageRoot(), 'bin', 'mixnas.mjs');

describe.skipIf(withoutRedis !== undefined)(
  `Redis with TLS${withoutRedis ? `: skipped, ${withoutRedis}` : ''}`,
  () => {
    test('search and worker use it where its certificate is trusted, and refuse it where not', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'mixnas-tls-'));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
      execFileSync(
        'openssl',
        ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'].concat([
          '-addext',
          'subjectAltName=DNS:localhost',
          '-keyout',
          key,
          '-out',
          certificate,
        ]),
        { stdio: 'ignore' },
      );
      const port = String(await freePort());
      const secret = 'a-word-that-nobody-says';
      const tls = ['--tls-port', port, '--tls-cert-file', certificate, '--tls-key-file', key];
      const redis = await RedisServer.start(...tls, '--tls-auth-clients', 'no', '--requirepass', secret);
      onTestFinished(() => redis.close());
      const plain = {
        ...process.env,
        MIXNAS_RUNS: folder,
        MIXNAS_REDIS: `rediss://:${secret}@localhost:${port}`,
      };
      const trusting = { ...plain, NODE_EXTRA_CA_CERTS: certificate };
      const worker = spawn(process.execPath, [program, 'worker'], { env: trusting, stdio: 'ignore' });
      onTestFinished(() => void worker.kill('SIGKILL'));
      const search = (env: NodeJS.ProcessEnv, name: string) =>
        promisify(execFile)(
          process.execPath,
          [
            program,
            'search',
            '--executor',
            'bullmq',
            '--evaluator',
            'synthetic',
            '--trials',
            '3',
            '--name',
            name,
          ],
          { env },
        );
      const { stdout, stderr } = await search(trusting, 'trusting');
      expect(stdout + stderr).toContain('3 of 3');
      expect(stdout + stderr).not.toContain(secret);
      const refused = await search(plain, 'careful').catch((error: unknown) => error);
      expect(refused).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/Redis at rediss:\/\/localhost:\d+ cannot be used: .*certificate/),
      });
      expect((refused as { stderr: string }).stderr).not.toContain(secret);
    });
  },
);
