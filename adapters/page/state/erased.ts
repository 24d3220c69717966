import { withheldText } from '../../../core/sealing.ts';
import type { PageState } from './page-state.ts';
import type { Talk, TalkKey } from './talk.ts';

/** With the word that history has for them in place of all texts of a user who was erased. */
export function withoutTextsOf(state: PageState, user: string): PageState {
  const without = <M extends { readonly user: string; readonly text: string }>(message: M): M =>
    message.user === user ? { ...message, text: withheldText('erased') } : message;
  const talks = new Map<TalkKey, Talk>();
  for (const [key, talk] of state.talks) {
    const entries = talk.timeline.entries.map((entry) =>
      entry.kind === 'message' ? without(entry) : entry,
    );
    const last = talk.last && without(talk.last);
    talks.set(key, { ...talk, last, timeline: { ...talk.timeline, entries } });
  }
  return { ...state, talks, followed: state.followed.map(without) };
}
