import type { Input } from '../adapters/client-link.ts';
import type { CommandOf } from '../core/command.ts';
import type { ExclusiveCommand } from './run-command.ts';

/** More input than this waits for its turn only if the client does not wait for answers. */
export const inputsWaitingMax = 64;
/** At most so many messages of one connection are under way; then it is not read from. */
export const messagesInFlightMax = 256;

/** The connection whose inputs take turns. */
export interface TurnsOwner {
  readonly isClosing: boolean;
  /** Whether the client has yet to take what it was sent. */
  readonly isBlocked: boolean;
  /** As whom its client is logged in. */
  readonly user: string | undefined;
  /** How many of its messages are under way. */
  readonly messagesInFlight: number;
  /** `request` is what the client calls it, where it does. */
  say(command: CommandOf<'say'>, request: string | undefined): void;
  run(command: ExclusiveCommand, request: string | undefined): Promise<void>;
  /** Whether the client is to be read from. */
  readOn(on: boolean): void;
  /** The client has sent its last input, and it was carried out. */
  onExhausted(): void;
}

/**
 * The order in which what a client sends is carried out: messages may be under way together, any
 * other command waits for those before it and holds up those behind it.
 */
export class InputTurns {
  readonly #owner: TurnsOwner;
  readonly #inputs: Input[] = [];
  #isRunning = false;
  #hasEnded = false;
  #takesNoMore = false;
  #isPaused = false;
  #onIdle: (() => void)[] = [];

  constructor(owner: TurnsOwner) {
    this.#owner = owner;
  }

  add(input: Input): void {
    if (this.#takesNoMore) return;
    this.#inputs.push(input);
    this.proceed();
  }

  /** The client will send no more. */
  end(): void {
    this.#hasEnded = true;
    this.proceed();
  }

  /** Nothing more is carried out; what is under way goes on. */
  takeNoMore(): void {
    this.#takesNoMore = true;
    this.#inputs.length = 0;
  }

  /** Resolves when nothing of this client is under way. */
  idle(): Promise<void> {
    if (this.#isIdle) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle.push(resolve));
  }

  /** Carries out what has come to its turn: to be called whenever that may have changed. */
  proceed(): void {
    const owner = this.#owner;
    while (!this.#isRunning && !owner.isClosing && !owner.isBlocked) {
      const input = this.#inputs[0];
      if (input === undefined) break;
      const command = input.command(owner.user);
      const isMessage = command?.type === 'say';
      if (owner.messagesInFlight >= (isMessage ? messagesInFlightMax : 1)) break;
      this.#inputs.shift();
      if (isMessage) owner.say(command, input.request);
      else if (command !== undefined) void this.#run(command, input.request);
    }
    if (this.#isIdle) {
      for (const resolve of this.#onIdle.splice(0)) resolve();
      if (this.#hasEnded && this.#inputs.length === 0) owner.onExhausted();
    }
    this.#regulate();
  }

  get #isIdle(): boolean {
    return !this.#isRunning && this.#owner.messagesInFlight === 0;
  }

  async #run(command: ExclusiveCommand, request: string | undefined): Promise<void> {
    this.#isRunning = true;
    await this.#owner.run(command, request);
    this.#isRunning = false;
    this.proceed();
  }

  /** Reads no more from a client that sends faster than it is served. */
  #regulate(): void {
    const isFull = this.#inputs.length >= inputsWaitingMax;
    if (isFull === this.#isPaused || this.#owner.isClosing) return;
    this.#isPaused = isFull;
    this.#owner.readOn(!isFull);
  }
}
