import { unreadMax } from '../state/talk.ts';
import { Icon } from './icon.tsx';
import type { ReadingPlace } from './use-reading-place.ts';

interface JumpButtonsProps {
  readonly reading: ReadingPlace;
  readonly unread: number;
  readonly hasNew: boolean;
}

/** To the first new message, and to the end. */
export function JumpButtons({ reading, unread, hasNew }: JumpButtonsProps) {
  return (
    <>
      {hasNew && reading.isNewAbove && unread > 0 ? (
        <button type="button" class="jump to-new" onClick={reading.toNew}>
          <Icon name="up" />
          First new message
        </button>
      ) : null}
      {reading.isAtEnd ? null : (
        <button
          type="button"
          class="jump to-end"
          aria-label={unread > 0 ? `To the end: ${unread} unread` : 'To the end'}
          onClick={reading.toEnd}
        >
          <Icon name="down" />
          {unread > 0 ? (
            <span>{unread >= unreadMax ? `${unreadMax - 1}+` : unread} new</span>
          ) : null}
        </button>
      )}
    </>
  );
}
