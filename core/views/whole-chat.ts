import type { Recorded } from '../event-store.ts';
import { type ChatView, evolveChat } from './chat.ts';
import { nothingFollowed, rememberFollowing } from './followers.ts';

/**
 * The fold of a replay: that of a chat server, with everybody's subscriptions, where a server knows
 * those of the users that are with it.
 */
export function evolveWholeChat(view: ChatView, recorded: Recorded): ChatView {
  const { event } = recorded;
  if (event.type === 'UserSubscribed' || event.type === 'UserUnsubscribed') {
    const { user } = event.data;
    if (!view.followers.following.has(user))
      rememberFollowing(view.followers, user, nothingFollowed);
  }
  return evolveChat(view, recorded);
}
