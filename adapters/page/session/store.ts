import type { PageEvent } from '../state/page-event.ts';
import { initialState, type PageState } from '../state/page-state.ts';
import { reduce } from '../state/reduce.ts';

/** A page in the background has no frames. */
const hiddenFrameMs = 200;

type Listener = () => void;

/** The page's state, and who wants to know of it. */
export class Store {
  #state: PageState = initialState;
  readonly #reactions = new Set<Listener>();
  readonly #views = new Set<Listener>();
  #isFrameAsked = false;

  get state(): PageState {
    return this.#state;
  }

  dispatch(event: PageEvent): void {
    const next = reduce(this.#state, event);
    if (next === this.#state) return;
    this.#state = next;
    for (const reaction of this.#reactions) reaction();
    this.#askFrame();
  }

  /** Heard at once, after each change. */
  onChange(reaction: Listener): void {
    this.#reactions.add(reaction);
  }

  /** Heard once for all changes of a frame: what is seen need not be drawn more often. */
  onFrame(view: Listener): () => void {
    this.#views.add(view);
    return () => this.#views.delete(view);
  }

  #askFrame(): void {
    if (this.#isFrameAsked) return;
    this.#isFrameAsked = true;
    const draw = (): void => {
      this.#isFrameAsked = false;
      for (const view of this.#views) view();
    };
    if (document.hidden) setTimeout(draw, hiddenFrameMs);
    else requestAnimationFrame(draw);
  }
}
