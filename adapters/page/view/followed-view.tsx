import { useRef } from 'preact/hooks';

import { isHere, type PageState } from '../state/page-state.ts';
import { Avatar } from './avatar.tsx';
import { FollowField } from './follow-field.tsx';
import { FollowedMessages } from './followed-messages.tsx';
import { Icon } from './icon.tsx';
import { useShowPerson } from './person-context.ts';
import { StageStatus } from './stage-status.tsx';
import { BackButton } from './talk-header.tsx';

/** What followed users say in rooms that one is not in, and whom one follows. */
export function FollowedView({ state }: { readonly state: PageState }) {
  const persons = useShowPerson();
  const { following } = state;
  const field = useRef<HTMLInputElement>(null);
  return (
    <>
      <header class="stage-head">
        <BackButton />
        <div class="stage-title">
          <h1>
            <Icon name="eye" />
            Following
          </h1>
          <p class="quiet">What people you follow say in rooms you are not in</p>
        </div>
      </header>
      <StageStatus link={state.link} />
      <div class="followed">
        <section class="followed-people" aria-label="People you follow">
          <ul>
            {[...following].toSorted().map((user) => (
              <li key={user}>
                <button
                  type="button"
                  class="chip"
                  aria-haspopup="menu"
                  onClick={({ currentTarget }) => persons.show({ user, anchor: currentTarget })}
                >
                  <Avatar name={user} size="small" present={isHere(state, user)} />
                  <bdi>{user}</bdi>
                </button>
              </li>
            ))}
          </ul>
          <FollowField field={field} />
        </section>
        <FollowedMessages state={state} onLeave={() => field.current?.focus()} />
      </div>
    </>
  );
}
