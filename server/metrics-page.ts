import { collectDefaultMetrics, Registry } from 'prom-client';

import type { ChatServer } from './chat-server.ts';
import type { CountedMetrics } from './metrics-counted.ts';
import { gaugesOf } from './metrics-gauges.ts';
import type { Readiness } from './readiness.ts';

/**
 * The metrics of one chat server and of the process that it runs in, in Prometheus's text format.
 * Those of the server carry its name; no metric carries the name of a user or a room.
 */
export class MetricsPage {
  readonly #registry: Registry;

  constructor(server: ChatServer, { registry }: CountedMetrics, readiness: Readiness) {
    this.#registry = registry;
    registry.setDefaultLabels({ server: server.options.name });
    for (const gauge of gaugesOf(server, readiness)) registry.registerMetric(gauge);
  }

  async text(): Promise<string> {
    const parts = [this.#registry, processRegistry()].map((registry) => registry.metrics());
    return withoutEmptyLag((await Promise.all(parts)).join('\n'));
  }
}

/** Of an event loop that has not turned since the last time, its lag is no number, or as long as can be. */
const withoutEmptyLag = (page: string): string =>
  /^nodejs_eventloop_lag_mean_seconds nan$/im.test(page)
    ? page.replaceAll(/^nodejs_eventloop_lag_(?:min|max|mean|stddev|p\d+)_seconds .*\n/gm, '')
    : page;

let ofProcess: Registry | undefined;

/** One for all servers of the process: memory, handles, and how late the event loop is. */
function processRegistry(): Registry {
  if (ofProcess === undefined) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
}
