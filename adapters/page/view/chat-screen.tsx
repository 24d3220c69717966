import { useMemo, useState } from 'preact/hooks';

import { openTalk, type PageState } from '../state/page-state.ts';
import { keyOf } from '../state/talk.ts';
import { Announcements } from './announcements.tsx';
import { ConversationDialog } from './conversation-dialog.tsx';
import { FollowedView } from './followed-view.tsx';
import { JoinDialog } from './join-dialog.tsx';
import { MembersPanel } from './members-panel.tsx';
import { Notices } from './notices.tsx';
import { NothingOpen } from './nothing-open.tsx';
import { PasswordDialog } from './password-dialog.tsx';
import { PersonMenu, type PersonMenuOf } from './person-menu.tsx';
import { PersonContext } from './person-context.ts';
import { SearchPanel } from './search-panel.tsx';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';
import { Sidebar } from './sidebar.tsx';
import { TalkView } from './talk-view.tsx';
import { useShortcuts } from './use-shortcuts.ts';

/** What may stand before all else until it is answered. */
export type DialogName = 'join' | 'conversation' | 'password' | 'shortcuts';

/** The chat: the list, what is open, and a panel beside it. On a phone one of them is seen. */
export function ChatScreen({ state, me }: { readonly state: PageState; readonly me: string }) {
  const [dialog, setDialog] = useState<DialogName | undefined>();
  const [person, setPerson] = useState<PersonMenuOf | undefined>();
  const close = (): void => setDialog(undefined);
  const showPerson = useMemo(() => ({ show: setPerson }), []);
  useShortcuts(setDialog);
  const talk = openTalk(state);
  const { open } = state;
  // Members are those of a room: elsewhere the panel waits until one is open again.
  const panel = state.panel === 'members' && talk?.kind !== 'room' ? undefined : state.panel;
  const screen = panel !== undefined ? 'panel' : open.kind === 'nothing' ? 'list' : 'talk';
  return (
    <PersonContext.Provider value={showPerson}>
      <div class={`chat shows-${screen} ${panel === undefined ? '' : 'with-panel'}`}>
        <Sidebar state={state} me={me} onDialog={setDialog} />
        <main class="stage">
          {talk !== undefined ? (
            <TalkView key={keyOf(talk)} state={state} talk={talk} me={me} />
          ) : open.kind === 'followed' ? (
            <FollowedView state={state} />
          ) : (
            <NothingOpen onJoin={() => setDialog('join')} />
          )}
        </main>
        {panel === 'members' && talk?.kind === 'room' ? (
          <MembersPanel talk={talk} me={me} following={state.following} />
        ) : panel === 'search' ? (
          <SearchPanel state={state} />
        ) : null}
      </div>
      {dialog === 'join' ? <JoinDialog state={state} onClose={close} /> : null}
      {dialog === 'conversation' ? (
        <ConversationDialog state={state} me={me} onClose={close} />
      ) : null}
      {dialog === 'password' ? <PasswordDialog me={me} onClose={close} /> : null}
      {dialog === 'shortcuts' ? <ShortcutsDialog onClose={close} /> : null}
      {person === undefined ? null : (
        <PersonMenu {...person} state={state} onClose={() => setPerson(undefined)} />
      )}
      <Notices notices={state.notices} />
      <Announcements talk={talk} me={me} />
    </PersonContext.Provider>
  );
}
