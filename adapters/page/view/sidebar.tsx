import { useRef, useState } from 'preact/hooks';

import { isWell, type PageState } from '../state/page-state.ts';
import { orderedTalks } from '../state/talk-order.ts';
import { AccountMenu } from './account-menu.tsx';
import { Avatar } from './avatar.tsx';
import { useChat } from './chat-context.ts';
import type { DialogName } from './chat-screen.tsx';
import { FollowedItem } from './followed-item.tsx';
import { Icon } from './icon.tsx';
import { LinkStatus } from './link-status.tsx';
import { Logo } from './logo.tsx';
import { TalkList } from './talk-list.tsx';
import { usePhone } from './use-phone.ts';

interface SidebarProps {
  readonly state: PageState;
  readonly me: string;
  readonly onDialog: (name: DialogName) => void;
}

/** What one can open, what is unread in it, and how the connection is. */
export function Sidebar({ state, me, onDialog }: SidebarProps) {
  const chat = useChat();
  // Alone on a phone, it is what the page is about.
  const isMain = usePhone();
  return (
    <div class="sidebar" role={isMain ? 'main' : undefined}>
      {isMain ? <h1 class="visually-hidden">Rooms and conversations</h1> : null}
      <header class="sidebar-head">
        <p class="brand">
          <Logo /> SecureChat
        </p>
        <button
          type="button"
          class="icon-button"
          aria-label="Search"
          aria-keyshortcuts="Control+K"
          onClick={() => chat.dispatch({ type: 'panelOpened', panel: 'search' })}
        >
          <Icon name="search" />
        </button>
      </header>
      <nav class="sidebar-lists" aria-label="Rooms and conversations">
        <FollowedItem state={state} />
        <TalkList
          title="Rooms"
          talks={orderedTalks(state, 'room')}
          state={state}
          addLabel="Join or make a room"
          onAdd={() => onDialog('join')}
        />
        <TalkList
          title="Direct messages"
          talks={orderedTalks(state, 'direct')}
          state={state}
          addLabel="Write to somebody"
          onAdd={() => onDialog('conversation')}
        />
      </nav>
      <LinkStatus link={state.link} />
      <Account state={state} me={me} onDialog={onDialog} />
    </div>
  );
}

function Account({ state, me, onDialog }: SidebarProps) {
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  return (
    <footer class="account">
      <button
        ref={button}
        type="button"
        class="account-button"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => setOpen(true)}
      >
        <Avatar name={me} present={isWell(state.link)} />
        <span class="account-name">
          <strong>{me}</strong>
          <span class="quiet">{connectionWords(state)}</span>
        </span>
        <span class="visually-hidden">account and settings</span>
        <Icon name="more" />
      </button>
      {isOpen && button.current !== null ? (
        <AccountMenu anchor={button.current} onClose={() => setOpen(false)} onDialog={onDialog} />
      ) : null}
    </footer>
  );
}

function connectionWords({ link, server }: PageState): string {
  if (link.status !== 'online') return 'Not connected';
  return link.isStoreAway ? 'Messages cannot be stored' : `Connected to ${server}`;
}
