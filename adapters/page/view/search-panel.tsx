import { useMemo, useRef, useState } from 'preact/hooks';

import { openTalkAt } from '../session/places.ts';
import type { PageState } from '../state/page-state.ts';
import { foundMax, patternOf, search } from '../state/search.ts';
import { keyOf, nameOf } from '../state/talk.ts';
import { orderedTalks } from '../state/talk-order.ts';
import { moveAmongButtons } from './button-keys.ts';
import { Avatar } from './avatar.tsx';
import { useChat } from './chat-context.ts';
import { Icon } from './icon.tsx';
import { Marked } from './marked.tsx';
import { Panel } from './panel.tsx';
import { momentWords } from './times.ts';

/** Rooms and people by name, and what was said in what is loaded. */
export function SearchPanel({ state }: { readonly state: PageState }) {
  const chat = useChat();
  const [query, setQuery] = useState('');
  const list = useRef<HTMLDivElement>(null);
  const pattern = useMemo(() => patternOf(query), [query]);
  const found = useMemo(() => search(state.talks.values(), query), [state.talks, query]);
  const places = [...orderedTalks(state, 'room'), ...orderedTalks(state, 'direct')].filter(
    (talk) =>
      query.trim() === '' || nameOf(talk).toLowerCase().includes(query.trim().toLowerCase()),
  );
  const now = Date.now();
  return (
    <Panel title="Search">
      <div class="search-field">
        <Icon name="search" />
        <input
          type="search"
          aria-label="Search rooms, people and messages"
          placeholder="Search"
          dir="auto"
          onInput={({ currentTarget }) => setQuery(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') list.current?.querySelector('button')?.click();
          }}
        />
      </div>
      <div ref={list} class="panel-body" onKeyDown={moveAmongButtons}>
        <p class="visually-hidden" role="status">
          {query.trim() === '' ? '' : `${places.length} rooms and people, ${found.length} messages`}
        </p>
        {places.length === 0 ? null : (
          <section class="results">
            <h3>Go to</h3>
            <ul>
              {places.map((talk) => (
                <li key={keyOf(talk)}>
                  <button
                    type="button"
                    class="person-item"
                    onClick={() => openTalkAt(chat, keyOf(talk))}
                  >
                    {talk.kind === 'direct' ? (
                      <Avatar name={talk.peer} />
                    ) : (
                      <span class="room-mark">
                        <Icon name="hash" />
                      </span>
                    )}
                    <bdi>{nameOf(talk)}</bdi>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        )}
        {pattern === undefined ? null : (
          <section class="results">
            <h3>
              {found.length === 0
                ? 'No messages'
                : found.length === foundMax
                  ? `Messages, the newest ${foundMax}`
                  : `Messages, ${found.length}`}
            </h3>
            <ul>
              {found.map(({ key, message }) => {
                const talk = state.talks.get(key);
                return (
                  <li key={`${key} ${message.place}`}>
                    <button
                      type="button"
                      class="result"
                      onClick={() => openTalkAt(chat, key, message.place)}
                    >
                      <span class="result-head">
                        <strong>{message.user}</strong>
                        <bdi class="quiet">{talk === undefined ? '' : nameOf(talk)}</bdi>
                        <span class="quiet">{momentWords(message.at, now)}</span>
                      </span>
                      <Marked text={message.text} pattern={pattern} />
                    </button>
                  </li>
                );
              })}
            </ul>
            <p class="quiet none">Only what is loaded is searched. Scroll back to load more.</p>
          </section>
        )}
      </div>
    </Panel>
  );
}
