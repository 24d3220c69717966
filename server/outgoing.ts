import type { ClientLink } from '../adapters/client-link.ts';
import type { Delivery } from '../core/delivery.ts';

/** A message's place, by which a client finds where to read on. */
export interface Place {
  readonly room: string;
  readonly number: number;
}

/** A room that says more than this while an inbox is read is busier than anybody can follow. */
export const heldBytesMax = 4 * 1_048_576;

/** What goes out to one client, in order; it can be held while something older is looked up. */
export class Outgoing {
  readonly #link: ClientLink;
  readonly #onOverfull: () => void;
  #held: Buffer[] | undefined;
  #heldBytes = 0;
  #shown: Place | undefined;
  #taken: Place | undefined;

  /** `onOverfull`: more than `heldBytesMax` was held, and has been dropped. */
  constructor(link: ClientLink, onOverfull: () => void) {
    this.#link = link;
    this.#onOverfull = onOverfull;
  }

  /** The last message that the client has surely been given; undefined when there was none. */
  get taken(): Place | undefined {
    return this.#taken;
  }

  /** How many bytes wait for the client, or for something older. */
  get waitingBytes(): number {
    return this.#link.waitingBytes + (this.#held === undefined ? 0 : this.#heldBytes);
  }

  send(bytes: Buffer): void {
    if (this.#held === undefined) return this.#link.send(bytes);
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#heldBytes <= heldBytesMax) return;
    this.#held = undefined;
    this.#onOverfull();
  }

  /** What was sent last shows this message. */
  showed(place: Place): void {
    this.#shown = place;
  }

  flush(): void {
    this.#link.flush();
    if (!this.#link.isBlocked) this.#taken = this.#shown;
  }

  /** A client that by then has not taken what waits now is cut off as a slow one. */
  takeWithin(ms: number): void {
    this.#link.takeWithin(ms);
  }

  /** From now on what is sent waits until `release`. */
  hold(): void {
    this.#held = [];
    this.#heldBytes = 0;
  }

  /** Lets go of what is held. */
  drop(): void {
    this.#held = undefined;
    this.flush();
  }

  /** Sends something before what is held. */
  sendFirst(bytes: Buffer | undefined): void {
    if (bytes !== undefined) this.#link.send(bytes);
  }

  /** The same for what is shown. */
  showFirst(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) this.sendFirst(this.#link.format.delivery(delivery));
  }

  /** Sends `older`, then what was held. */
  release(older: readonly Delivery[] = []): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.showFirst(older);
    for (const bytes of held) this.#link.send(bytes);
    this.flush();
  }
}
