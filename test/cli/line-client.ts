import { readFileSync } from 'node:fs';
import { connect, type TLSSocket } from 'node:tls';
import { until } from '../support/until.ts';

const answersWithinMs = 10_000;

/** A program on the line protocol, as it is on the network. */
export class LineClient implements Disposable {
  readonly #socket: TLSSocket;
  #said = '';

  /** Trusts the authority of this file, and no other. */
  constructor(port: number, caFile: string) {
    this.#socket = connect({ host: 'localhost', port, ca: readFileSync(caFile) });
    this.#socket.setEncoding('utf8').on('data', (text: string) => (this.#said += text));
    this.#socket.on('error', (error: Error) => (this.#said += `\n${error.message}\n`));
  }

  send(line: string): void {
    this.#socket.write(`${line}\n`);
  }

  /** Waits until this line comes; it and what came before it are read then. */
  async reads(line: string): Promise<void> {
    await until(() => this.#said.includes(`${line}\n`), {
      what: `the line ${JSON.stringify(line)} (so far: ${JSON.stringify(this.#said)})`,
      withinMs: answersWithinMs,
    });
    this.#said = this.#said.slice(this.#said.indexOf(line) + line.length + 1);
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}
