/** Those who want to hear of something, in the order in which they came. */
export class Listeners<E> {
  readonly #listeners = new Set<(event: E) => void>();

  /** Returns what ends it. */
  add(listener: (event: E) => void): () => void {
    // A function of its own: to listen twice is to hear it twice.
    const own = (event: E) => listener(event);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /** @param isNews whether it still is, for a listener may make something else of it */
  tell(event: E, isNews = () => true): void {
    for (const listener of this.#listeners) if (isNews()) listener(event);
  }
}
