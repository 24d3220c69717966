import { setTimeout as sleep } from 'node:timers/promises';
import type { ChatClient } from '../support/chat-client.ts';
import { type Answered, isAnswer, isStored } from './receipts.ts';

/** As of a person in a hurry. */
const hurriedMs = 20;

/** Somebody in a room who says one thing after another, each when the last is answered. */
export class Talker {
  readonly name: string;
  readonly client: ChatClient;
  readonly answers: (Answered & { readonly tookMs: number })[] = [];
  /** What came beside the answers, in its order. */
  readonly heard: string[] = [];
  readonly #thinksMs: number;
  #stopped = false;

  /** @param thinksMs between an answer and the next message */
  constructor(name: string, client: ChatClient, thinksMs = hurriedMs) {
    this.name = name;
    this.client = client;
    this.#thinksMs = thinksMs;
  }

  get stored(): number {
    return this.answers.filter(isStored).length;
  }

  get refused(): number {
    return this.answers.length - this.stored;
  }

  /** Talks until `stop`. */
  async talks(): Promise<void> {
    this.client.send('/receipts on');
    this.heard.push(...(await this.client.sees('SUCCESS: Receipts on.')));
    for (let number = 1; !this.#stopped; number++) await this.#says(`${this.name} says ${number}`);
    await this.#says(`${this.name} ends`);
  }

  stop(): void {
    this.#stopped = true;
  }

  /** What this one has heard, in the lobby, of another up to the end, who has stopped. */
  async heardOf({ name }: Talker): Promise<readonly string[]> {
    const prefix = `[lobby] ${name}: `;
    if (!this.heard.includes(`${prefix}${name} ends`)) {
      this.heard.push(
        ...(await this.client.sees(`${prefix}${name} ends`)),
        `${prefix}${name} ends`,
      );
    }
    return this.heard
      .filter((line) => line.startsWith(prefix))
      .map((line) => line.slice(prefix.length));
  }

  async #says(text: string): Promise<void> {
    const saidAt = performance.now();
    this.client.send(text);
    const { line: answer, before } = await this.client.seesMatching(isAnswer, 'an answer');
    this.answers.push({ text, answer, tookMs: performance.now() - saidAt });
    this.heard.push(...before);
    await sleep(this.#thinksMs);
  }
}
