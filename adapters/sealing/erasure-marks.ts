import type { KeyStore } from '../../core/key-store.ts';

const prefix = 'erasure:';
const begun = 'begun';
const done = 'done:';

/** Whether what is kept under this name beside the keys is no key. */
export const isErasureMark = (name: string): boolean => name.startsWith(prefix);

/**
 * Which erasures were begun and which are done, kept beside the keys that they destroy: of one that
 * was broken off nobody else would know, and its user's texts may still be readable.
 */
export class ErasureMarks {
  readonly #store: KeyStore;

  constructor(store: KeyStore) {
    this.#store = store;
  }

  /** One that is done stays done. */
  async begin(user: string): Promise<void> {
    await this.#store.change(`${prefix}${user}`, undefined, begun);
  }

  /** @param at milliseconds since 1970, by the log: from then on nobody is shown the user's texts */
  async end(user: string, at: number): Promise<void> {
    await this.#store.change(`${prefix}${user}`, begun, `${done}${at}`);
  }

  /** When it was done; undefined for one that is not. */
  async doneAt(user: string): Promise<number | undefined> {
    const mark = await this.#store.get(`${prefix}${user}`);
    return mark?.startsWith(done) === true ? Number(mark.slice(done.length)) : undefined;
  }

  /** The users whose erasure was begun and is not done. */
  async unfinished(): Promise<readonly string[]> {
    const users: string[] = [];
    for await (const { name, value } of this.#store.list())
      if (isErasureMark(name) && value === begun) users.push(name.slice(prefix.length));
    return users.toSorted();
  }
}

/** What is to be said of them, in a sentence each. */
export const unfinishedWords = (user: string): string =>
  `The erasure of ${user} was begun and is not finished, so what they wrote may still be read: run securechat user erase ${user} again.`;
