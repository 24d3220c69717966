import type { ClientEvent } from '../../../adapters/websocket-client/client-event.ts';

/**
 * What is heard of one stream by one client, in its order: by the name of the stream, the number and
 * what it is about.
 */
export type Heard = Map<string, string[]>;

/** Notes a client's event; one that must not be is noted under a stream of its own. */
export function note(heard: Heard, user: string, event: ClientEvent): void {
  switch (event.type) {
    case 'message':
      return add(heard, `room ${event.room}`, `${event.number} ${event.user}: ${event.text}`);
    case 'joined':
    case 'left':
    case 'event':
      return add(heard, `room ${event.room}`, `${event.number}`);
    case 'followed':
      return add(heard, `followed ${event.room}`, `${event.number} ${event.user}: ${event.text}`);
    case 'direct': {
      const { from, to, number, text } = event;
      return add(heard, `direct ${from === user ? to : from}`, `${number} ${from}: ${text}`);
    }
    case 'cursor':
    case 'store':
      return;
    default:
      return add(heard, 'must not be', JSON.stringify(event));
  }
}

export function add(heard: Heard, stream: string, what: string): void {
  const list = heard.get(stream);
  if (list === undefined) heard.set(stream, [what]);
  else list.push(what);
}

export const countOf = (heard: Heard): number =>
  [...heard.values()].reduce((sum, { length }) => sum + length, 0);
