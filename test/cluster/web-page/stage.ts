import { dumpRedis } from '../../checker/log-dump.ts';
import { readRecord } from '../../checker/log-event.ts';
import { type Browser, startBrowser } from '../../support/browser.ts';
import type { ChatClient } from '../../support/chat-client.ts';
import { startWebCluster, type WebCluster } from '../resumed-sessions/web-cluster.ts';
import { greeting, welcome } from '../words.ts';
import { type Shown, Visitor } from './visitor.ts';

/** Two servers on a Redis, each in a process of its own, and two browsers. */
export class Stage implements AsyncDisposable {
  readonly cluster: WebCluster;
  readonly #browsers: readonly Browser[];
  readonly #visitors: Visitor[] = [];

  constructor(cluster: WebCluster, browsers: readonly Browser[]) {
    this.cluster = cluster;
    this.#browsers = browsers;
  }

  /** Somebody in one of the browsers, who has opened the page of one of the servers. */
  async visitor(name: string, browser: number, server: number): Promise<Visitor> {
    const url = new URL(this.cluster.urls[server] ?? '');
    const visitor = await Visitor.arrive(
      name,
      this.#browsers[browser] as Browser,
      `https://localhost:${url.port}/`,
    );
    this.#visitors.push(visitor);
    return visitor;
  }

  /** A line client that one of the servers has greeted. */
  async lineClient(server: number): Promise<ChatClient> {
    const client = this.process(server).process.connect();
    await client.reads(greeting);
    return client;
  }

  /** A line client that has made its account on one of the servers. */
  async registered(name: string, password: string, server: number): Promise<ChatClient> {
    const client = await this.lineClient(server);
    client.send(`REGISTER ${name} ${password}`);
    await client.reads(`SUCCESS: Registered ${name}.`, welcome(name));
    return client;
  }

  process(server: number): WebCluster['processes'][number] {
    const process = this.cluster.processes[server];
    if (process === undefined) throw new RangeError(`there is no server ${server}`);
    return process;
  }

  /** What the log has of a room, in its order. */
  async stored(room: string): Promise<readonly Shown[]> {
    const stored: Shown[] = [];
    for await (const raw of dumpRedis(this.cluster.redis.url)) {
      const { event, revision: number } = readRecord(raw);
      if (event.type === 'MessagePosted' && event.room === room)
        stored.push({ number, text: event.text });
    }
    return stored;
  }

  /** Of every page that was ever open here. */
  get complaints(): readonly string[] {
    return this.#visitors.flatMap(({ complaints }) => complaints);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const browser of this.#browsers) await browser[Symbol.asyncDispose]();
    await this.cluster[Symbol.asyncDispose]();
  }
}

export async function startStage(): Promise<Stage> {
  const cluster = await startWebCluster();
  const browsers: Browser[] = [];
  try {
    for (let count = 0; count < 2; count++) browsers.push(await startBrowser());
  } catch (error) {
    for (const browser of browsers) await browser[Symbol.asyncDispose]();
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
  return new Stage(cluster, browsers);
}
