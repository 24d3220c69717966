import type { AddressInfo } from 'node:net';

import Fastify from 'fastify';
import { test } from 'tap';

import { addWebSocketRoute } from '../../adapters/websocket/web-socket-route.ts';
import type { ChatServer } from '../../server/chat-server.ts';
import type { Metrics } from '../../server/metrics.ts';
import { type ChatHarness, type HarnessOptions, passwordOf, startHarness } from './chat-harness.ts';
import { FrameClient } from './frame-client.ts';

/** A chat in this process whose servers also take WebSocket clients, each on a port of its own. */
export class WebHarness implements AsyncDisposable {
  readonly chat: ChatHarness;
  readonly #ports: number[] = [];
  readonly #closing: (() => Promise<void>)[] = [];

  constructor(chat: ChatHarness) {
    this.chat = chat;
  }

  static async start(options: HarnessOptions): Promise<WebHarness> {
    const web = new WebHarness(await startHarness(options));
    for (const server of web.chat.servers) await web.#listen(server);
    return web;
  }

  /** One server more, which reads the log as it is by now. */
  async startServer(metrics?: Metrics): Promise<void> {
    await this.chat.startServer({}, metrics);
    const server = this.chat.servers.at(-1);
    if (server !== undefined) await this.#listen(server);
  }

  url(server: number): string {
    return `ws://127.0.0.1:${this.#ports[server]}/ws`;
  }

  /** A connection that has been greeted. */
  connect(server: number, origin?: string): Promise<FrameClient> {
    return FrameClient.connect(this.url(server), origin);
  }

  /** A client that has logged in. */
  async login(user: string, server: number): Promise<FrameClient> {
    const client = await this.connect(server);
    await client.login(user, passwordOf(user));
    return client;
  }

  /** A connection that goes on with a client's session, from where that one has come. */
  async resume(
    client: { readonly token: string; readonly cursor: string },
    server: number,
  ): Promise<FrameClient> {
    const next = await this.connect(server);
    await next.resume(client);
    return next;
  }

  async #listen(server: ChatServer): Promise<void> {
    const fastify = Fastify();
    await addWebSocketRoute(fastify, {
      acceptor: () => server.accept,
      isOriginAllowed: (origin) => origin === undefined || origin === 'https://chat.example',
    });
    await fastify.listen({ host: '127.0.0.1', port: 0 });
    this.#ports.push((fastify.server.address() as AddressInfo).port);
    this.#closing.push(() => fastify.close());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.chat[Symbol.asyncDispose]();
    await Promise.all(this.#closing.map((close) => close()));
  }
}

/** One test on a chat of its own. */
export function webScene(
  sentence: string,
  body: (web: WebHarness) => Promise<void>,
  options: HarnessOptions = {},
): void {
  void test(sentence, async () => {
    await using web = await WebHarness.start(options);
    await body(web);
    web.chat.checkComplaints();
  });
}

/** The same test on a log of one partition and on one of eight. */
export function webScenes(
  sentence: string,
  body: (web: WebHarness) => Promise<void>,
  options: HarnessOptions = {},
): void {
  for (const partitions of [1, 8])
    webScene(`${sentence} (partitions: ${partitions})`, body, { ...options, partitions });
}
