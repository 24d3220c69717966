import type { Answer } from '../core/answer.ts';
import type { CloseName } from '../core/close-code.ts';
import type { ClientCommand } from '../core/command.ts';
import type { Delivery } from '../core/delivery.ts';

/** How one transport writes things down. What it makes is shared by all of its links. */
export interface WireFormat {
  readonly transport: 'line' | 'websocket';
  /** Whether people are shown what they do themselves. */
  readonly echoes: boolean;
  /**
   * Whether a session may be in several rooms, and outlive its connection: then its client is told
   * with what secret to come back, and after each flush from where on.
   */
  readonly resumes: boolean;
  /** Undefined when the delivery has no words on this transport. */
  delivery(delivery: Delivery): Buffer | undefined;
  /** `request` is the client's own name for what is answered, where it gave one. */
  answer(answer: Answer, request: string | undefined): Buffer | undefined;
  /** What follows upon all that was shown up to a place in the log; undefined for nothing. */
  cursor(cursor: string): Buffer | undefined;
}

/** One client's connection, as a chat server sees it. */
export interface ClientLink {
  readonly format: WireFormat;
  /** The network that the client comes from, for limits; never shown to others. */
  readonly address: string;
  /** Whether the client has yet to take what it was sent: then it is not to be served more. */
  readonly isBlocked: boolean;
  /** How many bytes the client has yet to take, as far as this process holds them. */
  readonly waitingBytes: number;
  /** Queues bytes, whole lines or frames; they leave with the next `flush`. */
  send(bytes: Buffer): void;
  flush(): void;
  /** Its owner hears `onSlow` unless the client has taken by then what waits for it now. */
  takeWithin(ms: number): void;
  /**
   * Asks, with the next `flush`, whether the client has what it was sent up to then: its owner hears
   * `onTaken` when that is known, as far as it can be known on this transport. Of two questions the
   * later counts.
   */
  confirm(): void;
  /** Stops reading from the client, and goes on. */
  pause(): void;
  resume(): void;
  /** Called once the client has logged in: it no longer counts as a stranger. */
  admit(): void;
  /** Writes what is queued, then ends the connection; `why` is told where there is a way to. */
  close(why: CloseName): void;
}

/** Something a client sent. */
export interface Input {
  /** The client's own name for it: it gets one answer under this name. */
  readonly request?: string;
  /**
   * What it asks for. It is parsed when its turn has come, for what it means depends on as whom the
   * client is logged in by then, if at all. Undefined: it asks for nothing.
   */
  command(user: string | undefined): ClientCommand | undefined;
}

/** What a link tells the one who holds it. */
export interface LinkOwner {
  onInput(input: Input): void;
  /** The client will send no more, but may still read. */
  onEnd(): void;
  /** The client, which was blocked, has taken what it was sent. */
  onDrained(): void;
  /** The client has what it had been sent at the last `confirm`. */
  onTaken(): void;
  /** The client does not read what it is sent: more than the outbox holds, or nothing for long. */
  onSlow(): void;
  /** Whichever side ended it. Nothing follows. */
  onClosed(): void;
}

/** Makes the owner of a new link. */
export type LinkAcceptor = (link: ClientLink) => LinkOwner;
