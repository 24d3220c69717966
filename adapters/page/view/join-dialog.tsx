import { useEffect, useState } from 'preact/hooks';

import { errorWords } from '../../../core/error-catalogue.ts';
import { isReservedName, parseRoomName } from '../../../core/names.ts';
import { failureOf } from '../session/failure-words.ts';
import { enterRoom, listRooms } from '../session/places.ts';
import type { PageState } from '../state/page-state.ts';
import { roomKey } from '../state/talk.ts';
import { moveAmongButtons } from './button-keys.ts';
import { useChat } from './chat-context.ts';
import { Dialog } from './dialog.tsx';
import { Icon } from './icon.tsx';
import { NameForm } from './name-form.tsx';

interface JoinDialogProps {
  readonly state: PageState;
  readonly onClose: () => void;
}

/** Joins a room by name, or makes it: a room is there as soon as somebody is in it. */
export function JoinDialog({ state, onClose }: JoinDialogProps) {
  const chat = useChat();
  const [typed, setTyped] = useState('');
  const [fault, setFault] = useState<string | undefined>();
  const [isBusy, setBusy] = useState(false);
  const isOnline = state.link.status === 'online';
  useEffect(() => {
    if (isOnline) void listRooms(chat);
  }, [chat, isOnline]);
  const wanted = parseRoomName(typed.trim());
  const listed = (state.directory ?? []).filter(
    ({ room }) => typed.trim() === '' || room.includes(wanted?.canonical ?? typed.toLowerCase()),
  );
  const isThere = state.directory?.some(({ room }) => room === wanted?.canonical) ?? false;
  const join = async (name: string): Promise<void> => {
    const room = parseRoomName(name);
    if (room === undefined)
      return setFault(errorWords(isReservedName(name) ? 'ReservedName' : 'InvalidRoomName', name));
    if (isBusy) return;
    setBusy(true);
    try {
      await enterRoom(chat, room);
      onClose();
    } catch (error) {
      setFault(failureOf(error).words);
      setBusy(false);
    }
  };
  return (
    <Dialog title="Join or make a room" onClose={onClose}>
      <NameForm
        label="Room name"
        dir="auto"
        fault={fault}
        isBusy={isBusy}
        onType={(name) => {
          setTyped(name);
          setFault(undefined);
        }}
        onSubmit={() => void join(typed.trim())}
      >
        {isBusy ? 'One moment…' : typed.trim() === '' || isThere ? 'Join' : 'Make the room'}
      </NameForm>
      <section class="directory" onKeyDown={moveAmongButtons}>
        <h3>{headingOf(listed.length, state)}</h3>
        <ul>
          {listed.map(({ room, name, members }) => (
            <li key={room}>
              <button type="button" class="person-item" onClick={() => void join(name)}>
                <span class="room-mark">
                  <Icon name="hash" />
                </span>
                <bdi>{name}</bdi>
                <span class="quiet">
                  {state.talks.has(roomKey(room)) ? 'joined' : people(members)}
                </span>
              </button>
            </li>
          ))}
        </ul>
      </section>
    </Dialog>
  );
}

function headingOf(count: number, { directory, link }: PageState): string {
  if (count > 0) return 'Rooms with people in them';
  if (directory !== undefined) return 'No rooms of that name';
  return link.status === 'online'
    ? 'Loading…'
    : 'The rooms are listed when the connection is back.';
}

const people = (count: number): string => `${count} ${count === 1 ? 'person' : 'people'}`;
