import { unreadMax } from '../state/talk.ts';
import { Icon } from './icon.tsx';
import type { ReadingPlace } from './use-reading-place.ts';

interface JumpButtonsProps {
  readonly reading: ReadingPlace;
  readonly unread: number;
  readonly hasNew: boolean;
  /** Whether something at the end could not be sent. */
  readonly hasFailed: boolean;
}

/** To the first new message, and to the end. */
export function JumpButtons({ reading, unread, hasNew, hasFailed }: JumpButtonsProps) {
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
          aria-label={['To the end', ...atEndWords(unread, hasFailed)].join(': ')}
          onClick={reading.toEnd}
        >
          <Icon name="down" />
          {hasFailed ? <span>Not sent</span> : null}
          {unread > 0 ? (
            <span>{unread >= unreadMax ? `${unreadMax - 1}+` : unread} new</span>
          ) : null}
        </button>
      )}
    </>
  );
}

function atEndWords(unread: number, hasFailed: boolean): readonly string[] {
  return [...(unread > 0 ? [`${unread} unread`] : []), ...(hasFailed ? ['not sent'] : [])];
}
