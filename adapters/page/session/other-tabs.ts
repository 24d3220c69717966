import type { SavedSession } from '../../websocket-client/saved-session.ts';

/** Another tab answers at once or is not there. */
const answerWithinMs = 250;

type Word =
  | { readonly type: 'who' }
  | { readonly type: 'here'; readonly user: string | undefined }
  | { readonly type: 'give'; readonly to: string }
  | { readonly type: 'given'; readonly to: string; readonly session: SavedSession | undefined };

/** What this tab does for the others. */
export interface TabDuties {
  /** Who is logged in here, if somebody is. */
  user(): string | undefined;
  /** Gives the session away: closes its connection, and goes on with nothing. */
  give(): SavedSession | undefined;
  /** Another tab is logged in, or is no more. */
  heard(user: string | undefined): void;
}

/**
 * The tabs of this browser that show this page. A session that is open in one is handed to another
 * without a password; the word is heard by pages of the same origin alone, in memory alone.
 */
export class OtherTabs {
  readonly #channel = new BroadcastChannel('securechat');
  readonly #name = crypto.randomUUID();
  readonly #duties: TabDuties;

  constructor(duties: TabDuties) {
    this.#duties = duties;
    this.#channel.addEventListener('message', ({ data }) => this.#hear(data as Word));
  }

  /** Tells the others who is logged in here. */
  tell(): void {
    this.#say({ type: 'here', user: this.#duties.user() });
  }

  /** Who is logged in in another tab; undefined where nobody says so in time. */
  ask(): Promise<string | undefined> {
    const answer = this.#next((word) => word.type === 'here' && word.user !== undefined);
    this.#say({ type: 'who' });
    return answer.then((word) => (word?.type === 'here' ? word.user : undefined));
  }

  /** The session of another tab, which has let go of it; undefined where none has one. */
  takeSession(): Promise<SavedSession | undefined> {
    const answer = this.#next(
      (word) => word.type === 'given' && word.to === this.#name && word.session !== undefined,
    );
    this.#say({ type: 'give', to: this.#name });
    return answer.then((word) => (word?.type === 'given' ? word.session : undefined));
  }

  #hear(word: Word): void {
    switch (word.type) {
      case 'who':
        if (this.#duties.user() !== undefined) this.tell();
        return;
      case 'here':
        this.#duties.heard(word.user);
        return;
      case 'give':
        this.#say({ type: 'given', to: word.to, session: this.#duties.give() });
        return;
      case 'given':
    }
  }

  #next(isIt: (word: Word) => boolean): Promise<Word | undefined> {
    return new Promise((resolve) => {
      const end = (word: Word | undefined): void => {
        clearTimeout(timer);
        this.#channel.removeEventListener('message', listen);
        resolve(word);
      };
      const listen = ({ data }: MessageEvent): void => {
        if (isIt(data as Word)) end(data as Word);
      };
      const timer = setTimeout(() => end(undefined), answerWithinMs);
      this.#channel.addEventListener('message', listen);
    });
  }

  #say(word: Word): void {
    this.#channel.postMessage(word);
  }
}
