import type { PageState } from './page-state.ts';

/**
 * What fills the page: the form to log in; the chat; `starting`, until a session is gone on with; or
 * `parted`: this tab is put aside until somebody asks for it.
 */
export type Screen = 'entry' | 'starting' | 'chat' | 'parted';

export function screenOf({ link, me, talks }: PageState): Screen {
  if (link.status === 'handedOver') return 'parted';
  if (link.status === 'stopped') {
    if (link.next === 'logIn' || link.why === 'LoggedOut') return 'entry';
    return 'parted';
  }
  if (me === undefined) return 'entry';
  return link.status === 'online' || talks.size > 0 ? 'chat' : 'starting';
}
