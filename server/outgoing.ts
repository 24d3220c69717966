import type { ClientLink } from '../adapters/client-link.ts';
import type { Delivery } from '../core/delivery.ts';

/** A message's place, by which a client finds where to read on. */
export interface Place {
  readonly room: string;
  readonly number: number;
}

/** What goes out to one client, in order; it can be held while something older is looked up. */
export class Outgoing {
  readonly #link: ClientLink;
  #held: Buffer[] | undefined;
  #shown: Place | undefined;
  #taken: Place | undefined;

  constructor(link: ClientLink) {
    this.#link = link;
  }

  /** The last message that the client has surely been given; undefined when there was none. */
  get taken(): Place | undefined {
    return this.#taken;
  }

  send(bytes: Buffer): void {
    if (this.#held === undefined) this.#link.send(bytes);
    else this.#held.push(bytes);
  }

  /** What was sent last shows this message. */
  showed(place: Place): void {
    this.#shown = place;
  }

  flush(): void {
    this.#link.flush();
    if (!this.#link.isBlocked) this.#taken = this.#shown;
  }

  /** From now on what is sent waits until `release`. */
  hold(): void {
    this.#held ??= [];
  }

  /** Sends `older`, then what was held. */
  release(older: readonly Delivery[] = []): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const delivery of older) {
      const bytes = this.#link.format.delivery(delivery);
      if (bytes !== undefined) this.#link.send(bytes);
    }
    for (const bytes of held) this.#link.send(bytes);
    this.flush();
  }
}
