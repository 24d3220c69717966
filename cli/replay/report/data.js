// What the report shows: it stands in the page as JSON, made by `report-data.ts`.
export const data = JSON.parse(document.getElementById('data').textContent);
export const { from, lengthMs, rooms, users, servers, activity, lives, sessions, stays, setBacks } =
  data;

/** So many rooms, or servers, have colours of their own. */
export const seriesMax = 8;
export const otherColour = 'var(--c8)';
/** The busiest rooms have one. */
const colourOfRoom = new Map(
  activity.slice(0, seriesMax).map(({ room }, place) => [room, `var(--c${place})`]),
);
export const roomColour = (room) => colourOfRoom.get(room) ?? otherColour;

/** A time as people read it, of milliseconds since the report begins. */
export const instant = (ms, withDay = true) => {
  const text = new Date(from + ms).toISOString();
  return withDay ? `${text.slice(0, 10)} ${text.slice(11, 19)}` : text.slice(11, 19);
};

export const number = (value) => value.toLocaleString('en');
