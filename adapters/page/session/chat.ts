import type { ChatClient } from '../../websocket-client/chat-client.ts';
import type { ClientState } from '../../websocket-client/client-state.ts';
import { connect } from '../../websocket-client/connect.ts';
import type { SavedSession, SavedSessionStore } from '../../websocket-client/saved-session.ts';
import type { PageEvent } from '../state/page-event.ts';
import type { PageState } from '../state/page-state.ts';
import { forget, keptSession } from './kept.ts';
import { connectUnkept, leave } from './leaving.ts';
import { OtherTabs } from './other-tabs.ts';
import { Store } from './store.ts';

/** The page's session: its state, its connection, and the tabs beside it. */
export class Chat {
  readonly store = new Store();
  /** Whether whoever comes online next has just logged in. */
  isEntering = false;
  #client: ChatClient | undefined;
  /** Counts clients: one that was put aside is heard no more. */
  #generation = 0;
  /** Ends a session that is forgotten here. */
  #leaving: ChatClient | undefined;
  readonly #tabs = new OtherTabs({
    user: () => this.#holder(),
    give: () => this.#give(),
    heard: (user) => this.dispatch({ type: 'otherTab', user }),
  });

  get state(): PageState {
    return this.store.state;
  }

  get client(): ChatClient {
    this.#client ??= this.#connected();
    return this.#client;
  }

  dispatch(event: PageEvent): void {
    this.store.dispatch(event);
  }

  /**
   * Goes on with the session of this tab, or begins at the greeting. A tab that was made by copying
   * another has that one's session, and leaves it where it is.
   */
  async begin(): Promise<void> {
    const saved = keptSession.load();
    if (saved !== undefined) {
      this.dispatch({ type: 'resuming', user: saved.user });
      const elsewhere = isReload() ? undefined : await this.#tabs.ask();
      if (elsewhere === saved.user) {
        keptSession.clear();
        this.dispatch({ type: 'returning' });
      }
    }
    this.#client ??= this.#connected();
    if (saved === undefined) await this.#tabs.ask();
  }

  /** Takes the session over from another tab. Promises whether there was one. */
  async takeFromOtherTab(): Promise<boolean> {
    const session = await this.#tabs.takeSession();
    if (session === undefined) return false;
    this.goOnWith(session);
    return true;
  }

  goOnWith(session: SavedSession): void {
    this.#letGo();
    keptSession.save(session);
    this.dispatch({ type: 'resuming', user: session.user });
    this.#client = this.#connected();
  }

  /**
   * Forgets the user at once, with all that was to be sent when the connection is back. The session
   * ends when the server can be reached; it expires if this page is closed before.
   */
  logOut(): void {
    const { me, link } = this.state;
    if (link.status === 'online') {
      this.#generation++;
      this.#leaving = this.client;
    } else {
      this.#leaving = connectUnkept(keptSession.load());
      this.#letGo();
    }
    void leave(this.#leaving);
    keptSession.clear();
    if (me !== undefined) forget(me);
    this.dispatch({ type: 'loggedOut' });
    this.#client = this.#connected();
    this.#tabs.tell();
  }

  #connected(): ChatClient {
    const generation = ++this.#generation;
    const isHeard = (): boolean => generation === this.#generation;
    const saved: SavedSessionStore = {
      load: () => keptSession.load(),
      save: (session) => (isHeard() ? keptSession.save(session) : undefined),
      clear: () => (isHeard() ? keptSession.clear() : undefined),
    };
    const client = connect({ urls: [location.origin], saved });
    client.onState((state) => {
      if (isHeard()) this.#hear(state);
    });
    client.onFrame((event) => {
      if (isHeard()) this.dispatch({ type: 'heard', event });
    });
    return client;
  }

  #letGo(): void {
    this.#generation++;
    this.#client?.close();
    this.#client = undefined;
  }

  #hear(state: ClientState): void {
    const { me } = this.state;
    this.dispatch({ type: 'linked', state, fresh: this.isEntering });
    if (state.status === 'online') this.isEntering = false;
    // Whoever can be reached now can end the session too.
    if (state.status === 'greeting') this.#leaving?.retry();
    if (state.status === 'stopped' && state.why === 'LoggedOut' && me !== undefined) forget(me);
    if (state.status === 'online' || state.status === 'stopped') this.#tabs.tell();
  }

  /** Whoever can go on in another tab with what is here. */
  #holder(): string | undefined {
    const { link, me } = this.state;
    return link.status === 'online' || link.status === 'reconnecting' ? me : undefined;
  }

  #give(): SavedSession | undefined {
    if (this.#holder() === undefined) return undefined;
    this.#letGo();
    const session = keptSession.load();
    keptSession.clear();
    this.dispatch({ type: 'handedOver' });
    return session;
  }
}

function isReload(): boolean {
  const [navigation] = performance.getEntriesByType('navigation');
  return navigation instanceof PerformanceNavigationTiming && navigation.type === 'reload';
}
