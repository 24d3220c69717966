import type { Outcome } from '../../support/answer-queue.ts';
import type { Progress, Tally } from './plan.ts';

const odditiesMax = 100;
const tooSlow = 'ERROR: You read too slowly';
/** It is logged as a fault of the server whatever else is wrong. */
const faultOfServer = 'ERROR: Something went wrong in the server.';

/** Counts what happens to the clients of one process. */
export class Scores {
  readonly #tally: Tally = {
    sent: 0,
    stored: 0,
    refused: 0,
    unknown: 0,
    broken: 0,
    connections: 0,
    cut: 0,
    logins: 0,
    moves: 0,
    tooSlow: 0,
  };
  readonly #storedAt: Record<number, number> = {};
  readonly #hereAt: Record<number, number> = {};
  readonly #oddities: string[] = [];
  readonly #errors: Record<string, number> = {};

  get progress(): Progress {
    return {
      tally: this.#tally,
      storedAt: this.#storedAt,
      hereAt: this.#hereAt,
      oddities: this.#oddities,
      errors: this.#errors,
    };
  }

  said(): void {
    this.#tally.sent += 1;
  }

  settled(outcome: Outcome, port: number, isOpen: boolean): Outcome {
    const { status } = outcome;
    if (status === 'ok') {
      this.#tally.stored += 1;
      this.#storedAt[port] = (this.#storedAt[port] ?? 0) + 1;
    } else if (!isOpen && status === 'unknown') {
      this.#tally.broken += 1;
    } else {
      this.#tally[status === 'error' ? 'refused' : 'unknown'] += 1;
      this.refused(outcome.text);
    }
    return outcome;
  }

  connected(): void {
    this.#tally.connections += 1;
  }

  loggedIn(port: number): void {
    this.#tally.logins += 1;
    this.#hereAt[port] = (this.#hereAt[port] ?? 0) + 1;
  }

  gone(port: number): void {
    this.#hereAt[port] = (this.#hereAt[port] ?? 0) - 1;
  }

  moved(): void {
    this.#tally.moves += 1;
  }

  /** A connection ended without the client's doing. */
  cut(reason: string): void {
    this.#tally.cut += 1;
    this.#count(reason);
  }

  /** A command, a login or a message was answered by an error. */
  refused(answer: string): void {
    this.#count(answer);
    if (answer.startsWith(faultOfServer)) this.odd(answer);
  }

  /** A server told something unasked. */
  noticed(notice: string, isSlow: boolean): void {
    this.#count(notice);
    if (notice.startsWith(tooSlow) && !isSlow) this.odd(notice);
  }

  /** A connection was lost while its client read nothing for too long. */
  tooSlow(): void {
    this.#tally.tooSlow += 1;
  }

  /** Something that must not happen. */
  odd(what: string): void {
    if (this.#oddities.length < odditiesMax) this.#oddities.push(what);
  }

  /** Names and ports make no difference. */
  #count(said: string): void {
    const what = said.replaceAll(/\bc\d\d+\b/g, 'NAME').replaceAll(/:\d+\b/g, ':PORT');
    this.#errors[what] = (this.#errors[what] ?? 0) + 1;
  }
}
