import { deepStrictEqual } from 'node:assert/strict';
import type { Duplex } from 'node:stream';

import { within } from './until.ts';

const withinMs = 30_000;

/** A program on the line protocol, over any byte stream, as a test drives it. */
export class ChatClient {
  readonly stream: Duplex;
  /** Whether it sends line ends; without, each `send` is one write. */
  readonly framed: boolean;
  /** Lines that no expectation has consumed. */
  #unread: string[] = [];
  #partial: Buffer = Buffer.alloc(0);
  #isClosed = false;
  #waiting: (() => void)[] = [];

  constructor(stream: Duplex, { framed = true } = {}) {
    this.stream = stream;
    this.framed = framed;
    stream.on('data', (chunk: Buffer) => this.#take(chunk));
    stream.on('error', () => {});
    for (const over of ['end', 'close'])
      stream.on(over, () => {
        this.#isClosed = true;
        this.#wake();
      });
  }

  send(...lines: readonly string[]): void {
    for (const line of lines) this.write(this.framed ? `${line}\n` : line);
  }

  write(bytes: string | Buffer): void {
    this.stream.write(bytes);
  }

  /** Sends no more, and reads on. */
  end(): void {
    this.stream.end();
  }

  /** The connection is gone without a word. */
  vanish(): void {
    this.stream.destroy();
  }

  /** The next lines are these, byte for byte, and none stands between them. */
  async reads(...lines: readonly string[]): Promise<void> {
    await this.#waitFor(
      () => this.#unread.length >= lines.length || this.#isClosed,
      JSON.stringify(lines).slice(0, 500),
    );
    deepStrictEqual(this.#unread.slice(0, lines.length), lines);
    this.#unread = this.#unread.slice(lines.length);
  }

  /** This line comes; what stands before it is skipped. Answers what was skipped. */
  async sees(line: string): Promise<readonly string[]> {
    const { before } = await this.seesMatching((candidate) => candidate === line, line);
    return before;
  }

  /** A line comes for which this holds; what stands before it is skipped. */
  async seesMatching(
    holds: RegExp | ((line: string) => boolean),
    what = String(holds),
  ): Promise<{ readonly line: string; readonly before: readonly string[] }> {
    const matches = holds instanceof RegExp ? (line: string) => holds.test(line) : holds;
    const place = (): number => this.#unread.findIndex(matches);
    await this.#waitFor(() => place() >= 0 || this.#isClosed, what);
    const found = place();
    if (found < 0) throw new Error(`closed before ${what}: ${JSON.stringify(this.#unread)}`);
    const before = this.#unread.slice(0, found);
    const line = this.#unread[found] ?? '';
    this.#unread = this.#unread.slice(found + 1);
    return { line, before };
  }

  /** Everything that was sent has been carried out. Consumes nothing. Only in a session. */
  async isServed(): Promise<void> {
    const { before } = await this.#ask();
    this.#unread.unshift(...before);
  }

  /**
   * What has come up to now, shown by the answer to a command that comes after it. Only in a
   * session; what other servers show is there once the chat has settled.
   */
  async readSoFar(): Promise<readonly string[]> {
    const { before } = await this.#ask();
    return before;
  }

  /** Nothing has come that no expectation has consumed. */
  async seesNothing(): Promise<void> {
    deepStrictEqual(await this.readSoFar(), []);
  }

  async seesNothingMatching(pattern: RegExp): Promise<void> {
    const lines = await this.readSoFar();
    deepStrictEqual(
      lines.filter((line) => pattern.test(line)),
      [],
    );
  }

  /** The server ends the connection; answers the lines that were not consumed. */
  async closes(): Promise<readonly string[]> {
    await this.#waitFor(() => this.#isClosed, 'the connection to end');
    return this.#unread.splice(0);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  #ask(): Promise<{ readonly before: readonly string[] }> {
    this.send('/help help');
    return this.seesMatching(/^\/help \[command\]/);
  }

  #take(chunk: Buffer): void {
    const bytes = Buffer.concat([this.#partial, chunk]);
    const end = bytes.lastIndexOf('\n') + 1;
    this.#partial = bytes.subarray(end);
    if (end > 0) this.#unread.push(...bytes.toString('utf8', 0, end - 1).split('\n'));
    this.#wake();
  }

  #wake(): void {
    for (const resume of this.#waiting.splice(0)) resume();
  }

  async #waitFor(holds: () => boolean, what: string): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (!holds()) {
      const changed = new Promise<void>((resolve) => this.#waiting.push(resolve));
      const leftMs = deadline - performance.now();
      await within(changed, leftMs, what).catch((error: unknown) => {
        const unread = JSON.stringify(this.#unread).slice(0, 1_000);
        throw new Error(`${String(error)}; unread: ${unread}`);
      });
    }
  }
}
