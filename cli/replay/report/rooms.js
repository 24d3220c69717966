// Rooms and their members at a moment.
import {
  lengthMs,
  lives,
  number,
  roomColour,
  rooms,
  servers,
  sessions,
  stays,
  users,
} from './data.js';
import { byId, element } from './element.js';

const isAt = (ms, start, end) => start <= ms && (ms < end || end >= lengthMs);
/** Whoever came so lately is shown as new. */
const lately = lengthMs / 200;

export function showRooms(ms) {
  const byRoom = new Map();
  for (const [room, user, start, end] of stays) {
    if (!isAt(ms, start, end)) continue;
    const there = byRoom.get(room) ?? new Map();
    there.set(user, Math.min(there.get(user) ?? Infinity, start));
    byRoom.set(room, there);
  }
  const cards = [...byRoom]
    .toSorted(
      ([one, here], [other, there]) =>
        there.size - here.size || (rooms[one] < rooms[other] ? -1 : 1),
    )
    .map(([room, there]) => {
      const names = [...there].toSorted(([one], [other]) => (users[one] < users[other] ? -1 : 1));
      const shown = names
        .slice(0, 60)
        .map(([user, start]) =>
          element('li', start > 0 && ms - start < lately ? { class: 'new' } : {}, users[user]),
        );
      if (names.length > 60) shown.push(element('li', {}, `and ${number(names.length - 60)} more`));
      const title = element('h3', {}, rooms[room], element('small', {}, number(names.length)));
      return element(
        'article',
        { class: 'room', colour: roomColour(room) },
        title,
        element('ul', {}, ...shown),
      );
    });
  if (cards.length === 0) cards.push(element('p', { class: 'nobody' }, 'Nobody was in any room.'));
  byId('rooms').replaceChildren(...cards);
  const here = new Set(
    sessions.filter(([, , start, end]) => isAt(ms, start, end)).map(([user]) => user),
  );
  const running = lives
    .filter(([, start, end]) => isAt(ms, start, end))
    .map(([server]) => servers[server]);
  const on = running.length === 0 ? 'no server running' : `on ${running.toSorted().join(', ')}`;
  byId('online').textContent = `${number(here.size)} online, ${on}`;
}
