import { follow, openDirect } from '../session/places.ts';
import { isHere, type PageState } from '../state/page-state.ts';
import { Avatar } from './avatar.tsx';
import { useChat } from './chat-context.ts';
import { Icon } from './icon.tsx';
import { Menu, MenuItem } from './menu.tsx';

export interface PersonMenuOf {
  readonly user: string;
  readonly anchor: HTMLElement;
}

interface PersonMenuProps extends PersonMenuOf {
  readonly state: PageState;
  readonly onClose: () => void;
}

/** What can be done about a person: follow them, write to them. */
export function PersonMenu({ user, anchor, state, onClose }: PersonMenuProps) {
  const chat = useChat();
  const isMe = user === state.me;
  const follows = state.following.has(user);
  const here = isHere(state, user);
  return (
    <Menu label={user} anchor={anchor} onClose={onClose}>
      <div class="person-card" role="presentation">
        <Avatar name={user} size="large" present={here} />
        <p>
          <strong>{user}</strong>
          <span class="quiet">
            {isMe ? 'That is you' : here ? 'Here now' : 'Not in your rooms'}
          </span>
        </p>
      </div>
      {isMe ? null : (
        <>
          <MenuItem onChoose={() => void follow(chat, user, !follows)}>
            <Icon name="eye" />
            {follows ? 'Stop following' : 'Follow'}
          </MenuItem>
          <MenuItem onChoose={() => openDirect(chat, user)}>
            <Icon name="at" />
            Send a direct message
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
