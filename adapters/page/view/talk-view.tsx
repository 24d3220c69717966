import { useRef } from 'preact/hooks';

import type { PageState } from '../state/page-state.ts';
import type { Talk } from '../state/talk.ts';
import { Composer } from './composer.tsx';
import { StageStatus } from './stage-status.tsx';
import { TalkHeader } from './talk-header.tsx';
import { TimelineView } from './timeline-view.tsx';

interface TalkViewProps {
  readonly state: PageState;
  readonly talk: Talk;
  readonly me: string;
}

/** A room or a conversation: who it is, what was said, and where one says something. */
export function TalkView({ state, talk, me }: TalkViewProps) {
  const composer = useRef<HTMLTextAreaElement>(null);
  const timeline = useRef<HTMLDivElement>(null);
  const toEnd = useRef<(() => void) | undefined>(undefined);
  return (
    <>
      <TalkHeader state={state} talk={talk} />
      <StageStatus link={state.link} />
      <TimelineView
        talk={talk}
        me={me}
        following={state.following}
        target={state.open.kind === 'talk' ? state.open.at : undefined}
        scroller={timeline}
        onLeave={() => composer.current?.focus()}
        toEnd={toEnd}
      />
      <Composer
        talk={talk}
        me={me}
        isOnline={state.link.status === 'online'}
        field={composer}
        takesFocus={state.open.kind !== 'talk' || state.open.at === undefined}
        onLeave={() => focusLast(timeline.current)}
        onSaid={() => toEnd.current?.()}
      />
    </>
  );
}

function focusLast(timeline: HTMLElement | null): void {
  const rows = timeline?.querySelectorAll<HTMLElement>('[data-row][tabindex]');
  rows?.item(rows.length - 1)?.focus();
}
