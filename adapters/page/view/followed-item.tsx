import type { PageState } from '../state/page-state.ts';
import { useChat } from './chat-context.ts';
import { Icon } from './icon.tsx';

/** The way to what followed users say elsewhere. */
export function FollowedItem({ state }: { readonly state: PageState }) {
  const chat = useChat();
  const { open, followedUnread, following } = state;
  return (
    <button
      type="button"
      class={`talk-item ${followedUnread > 0 ? 'unread' : ''}`}
      aria-current={open.kind === 'followed' ? 'page' : undefined}
      onClick={() => chat.dispatch({ type: 'opened', place: { kind: 'followed' } })}
    >
      <span class="room-mark">
        <Icon name="eye" />
      </span>
      <span class="talk-name">Following</span>
      <span class="talk-last quiet">
        {following.size === 0
          ? 'What people say in other rooms'
          : `${following.size} ${following.size === 1 ? 'person' : 'people'}`}
      </span>
      {followedUnread === 0 ? null : (
        <span class="badge">
          {followedUnread > 99 ? '99+' : followedUnread}
          <span class="visually-hidden"> unread</span>
        </span>
      )}
    </button>
  );
}
