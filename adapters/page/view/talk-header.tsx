import { useRef, useState } from 'preact/hooks';

import { leaveRoom } from '../session/places.ts';
import { isHere, type PageState } from '../state/page-state.ts';
import { nameOf, type RoomTalk, type Talk } from '../state/talk.ts';
import { Avatar } from './avatar.tsx';
import { useChat } from './chat-context.ts';
import { Icon } from './icon.tsx';
import { Menu, MenuItem } from './menu.tsx';
import { useShowPerson } from './person-context.ts';

interface TalkHeaderProps {
  readonly state: PageState;
  readonly talk: Talk;
}

/** More would need more room than the name of the room. */
const facesMax = 4;

export function TalkHeader({ state, talk }: TalkHeaderProps) {
  const chat = useChat();
  const persons = useShowPerson();
  const here = talk.kind === 'direct' && isHere(state, talk.peer);
  return (
    <header class="stage-head">
      <BackButton />
      {talk.kind === 'direct' ? <Avatar name={talk.peer} present={here} /> : null}
      <div class="stage-title">
        <h1>
          {talk.kind === 'room' ? <Icon name="hash" /> : null}
          <bdi title={nameOf(talk)}>{nameOf(talk)}</bdi>
        </h1>
        {talk.kind === 'direct' ? <p class="quiet">{here ? 'Here now' : awayWords(talk)}</p> : null}
      </div>
      {talk.kind === 'room' ? (
        <>
          <MembersButton talk={talk} me={state.me} panel={state.panel} />
          <RoomMenu room={talk.room} />
        </>
      ) : (
        <button
          type="button"
          class="icon-button"
          aria-label={`About ${talk.peer}`}
          aria-haspopup="menu"
          onClick={({ currentTarget }) => persons.show({ user: talk.peer, anchor: currentTarget })}
        >
          <Icon name="more" />
        </button>
      )}
      <button
        type="button"
        class="icon-button only-phone"
        aria-label="Search"
        onClick={() => chat.dispatch({ type: 'panelOpened', panel: 'search' })}
      >
        <Icon name="search" />
      </button>
    </header>
  );
}

/** Before the first message nobody knows whether there is such a user. */
function awayWords({ last }: Talk): string {
  return last === undefined ? 'Not in your rooms' : 'Not in your rooms; messages wait for them';
}

/** On a phone: from what is open to the list. */
export function BackButton() {
  const chat = useChat();
  return (
    <button
      type="button"
      class="icon-button only-phone"
      aria-label="Back to the list"
      onClick={() => chat.dispatch({ type: 'opened', place: { kind: 'nothing' } })}
    >
      <Icon name="back" />
    </button>
  );
}

interface MembersButtonProps extends Pick<PageState, 'me' | 'panel'> {
  readonly talk: RoomTalk;
}

function MembersButton({ talk, me, panel }: MembersButtonProps) {
  const chat = useChat();
  const isShown = panel === 'members';
  return (
    <button
      type="button"
      class="count-button"
      aria-expanded={isShown}
      aria-keyshortcuts="Alt+M"
      onClick={() => chat.dispatch({ type: 'panelOpened', panel: isShown ? undefined : 'members' })}
    >
      <span class="faces">
        {facesOf(talk, me).map((user) => (
          <Avatar key={user} name={user} size="small" />
        ))}
      </span>
      <Icon name="people" />
      {talk.members.size}
      <span class="visually-hidden"> here: show the members</span>
    </button>
  );
}

/** Some of those who are here, beside oneself. */
function facesOf({ members }: RoomTalk, me: string | undefined): readonly string[] {
  const others = [...members].filter((member) => member !== me);
  return others.toSorted().slice(0, facesMax);
}

function RoomMenu({ room }: { readonly room: string }) {
  const chat = useChat();
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        ref={button}
        type="button"
        class="icon-button"
        aria-label="About this room"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => setOpen(true)}
      >
        <Icon name="more" />
      </button>
      {isOpen && button.current !== null ? (
        <Menu label="About this room" anchor={button.current} onClose={() => setOpen(false)}>
          <MenuItem onChoose={() => void leaveRoom(chat, room)}>
            <Icon name="leave" />
            Leave the room
          </MenuItem>
        </Menu>
      ) : null}
    </>
  );
}
