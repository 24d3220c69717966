import type { ErrorCode } from '../../../core/error-catalogue.ts';
import { type EntryForm, initialState, type PageState } from './page-state.ts';

/** A login or a registration was sent. What is here of another user is not for this one. */
export function entered(state: PageState, user: string): PageState {
  const form = withForm(state, { busy: true, refusal: undefined, user });
  if (user === state.entry.user) return form;
  const { talks, followed, followedUnread, open } = initialState;
  return { ...form, talks, followed, followedUnread, open };
}

/** Somebody who was here before is let in again without their password. */
export function resuming(state: PageState, user: string): PageState {
  const { entry } = entered(state, user);
  return {
    ...entered(state, user),
    link: { status: 'connecting' },
    me: user,
    entry: { ...entry, busy: false },
  };
}

export function notEntered(
  state: PageState,
  code: ErrorCode | undefined,
  words: string,
): PageState {
  return withForm(state, { busy: false, refusal: { code, words } });
}

/** From what was put aside back to the form. */
export function returning(state: PageState): PageState {
  return {
    ...withForm(state, { busy: false, refusal: undefined, user: state.me ?? state.entry.user }),
    link: { status: 'greeting' },
    me: undefined,
  };
}

function withForm(state: PageState, change: Partial<EntryForm>): PageState {
  return { ...state, entry: { ...state.entry, ...change } };
}
