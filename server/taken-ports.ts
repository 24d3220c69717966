import type { SecureVersion } from 'node:tls';

import type { Logger } from 'pino';

import { type LineListener, listenForLines } from '../adapters/line/line-listener.ts';
import type { WebOptions, WebPlan, WebSide } from './web-side.ts';

/** One chat server of a process: its name in the cluster and where it listens. */
export interface ServerPlan {
  readonly name: string;
  readonly host: string;
  /** For lines; 0 for any that is free. */
  readonly port: number;
  /** Without one there is nothing for browsers. */
  readonly web?: WebPlan;
}

/** The ports of a chat server that is yet to be made. */
export interface TakenPorts {
  readonly server: ServerPlan;
  readonly lines: LineListener;
  readonly web: WebSide | undefined;
  /** Takes no more connections; those that are there stay. */
  close(): void;
  /** The same, and ends what browsers have left open. May be called again. */
  stop(): Promise<void>;
}

interface PortOptions {
  readonly tlsMin: SecureVersion;
  readonly web: WebOptions;
  readonly log: Logger;
}

/** @throws the system's error when a port cannot be had; then none is taken */
export async function takePorts(options: PortOptions, server: ServerPlan): Promise<TakenPorts> {
  const { name, host, port } = server;
  const { tlsMin, log } = options;
  const onTrouble = (error: Error): void =>
    log.warn({ err: error, server: name }, 'connections cannot be taken');
  const lines = await listenForLines({ host, port, minVersion: tlsMin, onTrouble });
  let web: WebSide | undefined;
  try {
    web = await webSideOf(options, server);
  } catch (error) {
    lines.close();
    throw error;
  }
  const close = (): void => {
    lines.close();
    web?.listener.close();
  };
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    close();
    return (stopping ??= web?.listener.stop() ?? Promise.resolve());
  };
  return { server, lines, web, close, stop };
}

async function webSideOf(
  options: PortOptions,
  { host, web }: ServerPlan,
): Promise<WebSide | undefined> {
  if (web === undefined) return undefined;
  // Loading it takes as long as loading all the rest, and only who serves browsers needs it.
  const { takeWebPort } = await import('./web-side.ts');
  return takeWebPort({ host, web }, options.web, options);
}
