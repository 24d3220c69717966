import { Counter, Histogram, Registry } from 'prom-client';

import type { AppendOutcome, UnavailableReason } from '../core/event-store.ts';
import type { CommandOutcome, Metrics } from './metrics.ts';
import type { StoreRefusal } from './readiness.ts';

/** In seconds: from an append to memory up to the time after which a commit is given up. */
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3];

/** What one chat server counts as it goes, for Prometheus. */
export class CountedMetrics implements Metrics {
  readonly registry = new Registry();
  /** Until an append succeeds again. */
  refusal: StoreRefusal | undefined;
  readonly #connections = this.#counter({
    name: 'securechat_connections_total',
    help: 'Connections that were taken, by transport.',
    labelNames: ['transport'],
  });
  readonly #commands = this.#counter({
    name: 'securechat_commands_total',
    help: 'Commands that were answered, by kind and outcome (ok, or the code of the error).',
    labelNames: ['command', 'outcome'],
  });
  readonly #appends = this.#counter({
    name: 'securechat_appends_total',
    help: 'Commits that were handed to the store, by outcome.',
    labelNames: ['outcome'],
  });
  readonly #appendSeconds = new Histogram({
    name: 'securechat_append_seconds',
    help: 'From handing a commit to the store to its outcome.',
    buckets,
    registers: [this.registry],
  });
  readonly #deliverySeconds = new Histogram({
    name: 'securechat_delivery_seconds',
    help: 'From the arrival of a message here to its delivery to the members who are here.',
    buckets,
    registers: [this.registry],
  });

  connected(transport: string): void {
    this.#connections.inc({ transport });
  }

  answered(command: string, outcome: CommandOutcome): void {
    this.#commands.inc({ command, outcome });
  }

  said(outcome: CommandOutcome, afterMs: number): void {
    this.answered('say', outcome);
    if (outcome === 'ok') this.#deliverySeconds.observe(afterMs / 1_000);
  }

  appended(outcome: AppendOutcome, afterMs: number): void {
    const { status } = outcome;
    this.#appends.inc({ outcome: status });
    this.#appendSeconds.observe(afterMs / 1_000);
    if (status === 'appended') this.refusal = undefined;
    else if (status === 'unavailable' && isLasting(outcome.reason))
      this.refusal = { reason: outcome.reason, at: performance.now() };
  }

  #counter<Label extends string>(named: {
    name: string;
    help: string;
    labelNames: readonly Label[];
  }): Counter<Label> {
    return new Counter({ ...named, registers: [this.registry] });
  }
}

/** Reasons that do not pass with the connection to the store. */
const isLasting = (reason: UnavailableReason): reason is StoreRefusal['reason'] =>
  reason === 'full' || reason === 'readOnly';
