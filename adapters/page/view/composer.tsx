import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';

import { textBytesMax } from '../../../core/limits.ts';
import { utf8Length } from '../../../core/text.ts';
import { keep, readKept } from '../session/kept.ts';
import { obey } from '../session/obeying.ts';
import { say } from '../session/saying.ts';
import { meantBy } from '../state/meaning.ts';
import { keyOf, nameOf, type Talk } from '../state/talk.ts';
import { useChat } from './chat-context.ts';
import { Icon } from './icon.tsx';

interface ComposerProps {
  readonly talk: Talk;
  readonly me: string;
  readonly isOnline: boolean;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  /** Unless a message was searched for, one begins to write. */
  readonly takesFocus: boolean;
  /** To the messages, by the arrow key. */
  readonly onLeave: () => void;
  /** Something was said here. */
  readonly onSaid: () => void;
}

/** From here on it is said how much still fits. */
const nearLimitBytes = textBytesMax - 400;

/** Where one writes. What is not sent yet is kept for each room while the tab is open. */
export function Composer({
  talk,
  me,
  isOnline,
  field,
  takesFocus,
  onLeave,
  onSaid,
}: ComposerProps) {
  const chat = useChat();
  const key = keyOf(talk);
  const draftName = `draft.${key}`;
  const [bytes, setBytes] = useState(0);
  const [hint, setHint] = useState<string | undefined>();
  const changed = (): void => {
    const area = field.current;
    if (area === null) return;
    grow(area);
    setBytes(utf8Length(area.value));
    keep(me, draftName, area.value === '' ? undefined : area.value);
  };
  useLayoutEffect(() => {
    const area = field.current;
    if (area === null) return;
    const draft = readKept(me, draftName);
    area.value = typeof draft === 'string' ? draft : '';
    changed();
  }, []);
  useEffect(() => {
    // On a phone the keyboard would cover what one came to read.
    if (takesFocus && matchMedia('(pointer: fine)').matches)
      field.current?.focus({ preventScroll: true });
  }, []);
  const isTooLong = bytes > textBytesMax;
  const send = (): void => {
    const area = field.current;
    if (area === null || area.value.trim() === '' || isTooLong) return;
    const meant = meantBy(area.value);
    setHint(meant.kind === 'hint' ? meant.words : undefined);
    if (meant.kind === 'hint' && !meant.isAsked) return;
    area.value = '';
    changed();
    area.focus();
    if (meant.kind === 'say') {
      void say(chat, key, meant.text);
      onSaid();
    } else if (meant.kind !== 'hint') void obey(chat, meant);
  };
  const name = nameOf(talk);
  const label = talk.kind === 'room' ? `Message to ${name}` : `Direct message to ${name}`;
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div class="composer-box">
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          aria-label={label}
          placeholder={label}
          aria-describedby="composer-hint"
          aria-invalid={isTooLong}
          enterkeyhint="send"
          onInput={() => {
            setHint(undefined);
            changed();
          }}
          onKeyDown={(event) => {
            // While a character is composed, Enter chooses it.
            if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
              event.preventDefault();
              send();
            } else if (event.key === 'ArrowUp' && !event.altKey && field.current?.value === '') {
              event.preventDefault();
              onLeave();
            }
          }}
        />
        <button
          type="submit"
          class="send"
          aria-label="Send"
          aria-disabled={bytes === 0 || isTooLong}
        >
          <Icon name="send" />
        </button>
      </div>
      <p id="composer-hint" class={`composer-hint ${isTooLong ? 'over' : ''}`}>
        <span role="status">
          {isTooLong
            ? `Too long by ${bytes - textBytesMax} bytes`
            : hint !== undefined
              ? hint
              : bytes > nearLimitBytes
                ? `${textBytesMax - bytes} bytes left`
                : isOnline
                  ? ''
                  : 'Not connected. What you send goes out when the connection is back.'}
        </span>
        <span class="only-wide" aria-hidden="true">
          <kbd>Enter</kbd> sends, <kbd>Shift</kbd> <kbd>Enter</kbd> begins a line
        </span>
      </p>
    </form>
  );
}

/** As high as its text; the style says where it ends. */
function grow(area: HTMLTextAreaElement): void {
  area.style.height = 'auto';
  area.style.height = `${area.scrollHeight}px`;
}
