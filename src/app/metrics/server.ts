/** Serving metrics in Prometheus's text format, over HTTP. */
import { createServer } from 'node:http';
import { Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import { MixnasError, messageOf } from '../../base/index.js';
import { memoryOfTree } from '../../evaluation/index.js';

/** Where metrics are served. */
export interface MetricsAddress {
  readonly host: string;
  readonly port: number;
}

/** `9464`, `0.0.0.0:9464`, `[::1]:9464`; without a host, this machine alone can read them. @throws MixnasError `bad-usage` */
export function parseMetricsAddress(text: string): MetricsAddress {
  const [, host = '127.0.0.1', port] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) {
    throw new MixnasError('bad-usage', `--metrics: ${text} is not a port, nor a host and a port.`, {
      remedy: 'Say for example 9464, or 0.0.0.0:9464 for other machines to read them, too.',
    });
  }
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}

export interface MetricsServer {
  /** Where they are served, once the port is known. */
  readonly address: MetricsAddress;
  readonly registry: Registry;
  close(): Promise<void>;
}

/** Serves `/metrics`: what Node says of this process, and what is registered. @throws MixnasError `bad-usage` where the address is taken or not of this machine. */
export async function serveMetrics({ host, port }: MetricsAddress): Promise<MetricsServer> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      (error: unknown) => response.writeHead(500).end(messageOf(error)),
    );
  });
  await new Promise<void>((done, fail) => {
    server.once('error', (error) =>
      fail(
        new MixnasError(
          'bad-usage',
          `--metrics: ${host}:${port} cannot be listened on: ${messageOf(error)}.`,
          { remedy: 'Name another port.' },
        ),
      ),
    );
    server.listen(port, host, done);
  });
  server.unref();
  const bound = server.address();
  return {
    address: { host, port: typeof bound === 'object' && bound ? bound.port : port },
    registry,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** Memory of processes by number, each with all that it has started; read when it is asked for. */
export function processMemory(
  registry: Registry,
  { name, help, label }: { readonly name: string; readonly help: string; readonly label: string },
): (number: number, pid: number | undefined) => void {
  const pids = new Map<number, number>();
  const gauge = new Gauge({
    name,
    help,
    labelNames: [label],
    registers: [],
    async collect() {
      this.reset();
      for (const [number, pid] of pids) {
        const bytes = await memoryOfTree(pid).catch(() => 0);
        if (bytes > 0) this.set({ [label]: number }, bytes);
      }
    },
  });
  registry.registerMetric(gauge);
  return (number, pid) => {
    if (pid === undefined) pids.delete(number);
    else pids.set(number, pid);
  };
}

/** How long trials take, in seconds: from a supernet's score to a night. */
export const trialBuckets = [0.1, 1, 10, 30, 60, 300, 900, 3600, 14_400];
