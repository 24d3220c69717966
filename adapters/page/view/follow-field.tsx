import type { RefObject } from 'preact';
import { useState } from 'preact/hooks';

import { parseUserName } from '../../../core/names.ts';
import { follow } from '../session/places.ts';
import { useChat } from './chat-context.ts';

/** Follows somebody by name. */
export function FollowField({ field }: { readonly field: RefObject<HTMLInputElement | null> }) {
  const chat = useChat();
  const [fault, setFault] = useState(false);
  return (
    <form
      class="inline-form"
      onSubmit={(event) => {
        event.preventDefault();
        const input = field.current;
        const user = parseUserName(input?.value.trim() ?? '');
        setFault(user === undefined);
        if (input === null || user === undefined) return;
        input.value = '';
        void follow(chat, user, true);
      }}
    >
      <input
        ref={field}
        aria-label="User name to follow"
        placeholder="User name"
        autoComplete="off"
        autoCapitalize="none"
        spellcheck={false}
        aria-invalid={fault}
      />
      <button type="submit" class="button">
        Follow
      </button>
    </form>
  );
}
