import type { LoadedFollowing } from '../core/views/followers.ts';
import type { HeldSession } from './held-session.ts';

/** A session whose opening, or resumption, has been handed to the log. */
export interface Opening {
  readonly held: HeldSession;
  /** Whom its user follows, as of the opening's place in the log. */
  readonly following: LoadedFollowing;
}

type State =
  | { readonly status: 'greeting'; readonly opening?: Opening }
  | { readonly status: 'authenticated'; readonly held: HeldSession }
  | { readonly status: 'closing' };

/** How far a client has come: greeting → authenticated → closing. There is no way back. */
export class ConnectionState {
  #state: State = { status: 'greeting' };

  get status(): State['status'] {
    return this.#state.status;
  }

  /** The session, once logged in. */
  get held(): HeldSession | undefined {
    return this.#state.status === 'authenticated' ? this.#state.held : undefined;
  }

  /** What is being opened; undefined when nothing is, or the client has gone meanwhile. */
  get opening(): Opening | undefined {
    return this.#state.status === 'greeting' ? this.#state.opening : undefined;
  }

  /** Several attempts may follow upon each other, if nobody is logged in by one. */
  beginOpening(opening: Opening): void {
    if (this.#state.status === 'greeting') this.#state = { status: 'greeting', opening };
  }

  abandonOpening(): void {
    if (this.#state.status === 'greeting') this.#state = { status: 'greeting' };
  }

  /** The log says that the session is open, and here. */
  authenticate(held: HeldSession): void {
    this.#state = { status: 'authenticated', held };
  }

  /** Answers the session that was held, for whoever has to end it. */
  close(): HeldSession | undefined {
    const { held } = this;
    this.#state = { status: 'closing' };
    return held;
  }
}
