import { peopleOf } from '../state/people.ts';
import type { RoomTalk } from '../state/talk.ts';
import { Avatar } from './avatar.tsx';
import { moveAmongButtons } from './button-keys.ts';
import { Icon } from './icon.tsx';
import { Panel } from './panel.tsx';
import { useShowPerson } from './person-context.ts';

interface MembersPanelProps {
  readonly talk: RoomTalk;
  readonly me: string;
  readonly following: ReadonlySet<string>;
}

/** Who is in the room, and who was. */
export function MembersPanel({ talk, me, following }: MembersPanelProps) {
  const { here, away } = peopleOf(talk, me);
  return (
    <Panel title="Members">
      <div class="panel-body" onKeyDown={moveAmongButtons}>
        <PeopleList
          title={`Here, ${here.length}`}
          users={here}
          me={me}
          following={following}
          here
        />
        {away.length === 0 ? null : (
          <PeopleList title="Were here" users={away} me={me} following={following} />
        )}
      </div>
    </Panel>
  );
}

interface PeopleListProps {
  readonly title: string;
  readonly users: readonly string[];
  readonly me: string;
  readonly following: ReadonlySet<string>;
  readonly here?: true;
}

function PeopleList({ title, users, me, following, here }: PeopleListProps) {
  const persons = useShowPerson();
  return (
    <section class="people">
      <h3>{title}</h3>
      <ul>
        {users.map((user) => (
          <li key={user}>
            <button
              type="button"
              class={`person-item ${here ? '' : 'away'}`}
              aria-haspopup="menu"
              onClick={({ currentTarget }) => persons.show({ user, anchor: currentTarget })}
            >
              <Avatar name={user} present={here === true} />
              <bdi title={user}>{user}</bdi>
              {user === me ? <span class="quiet">you</span> : null}
              {following.has(user) ? (
                <span class="followed-mark">
                  <Icon name="eye" />
                  <span class="visually-hidden">followed</span>
                </span>
              ) : null}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
