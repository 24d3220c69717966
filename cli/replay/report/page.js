// Draws a report. It runs in a browser, from a file; the build makes one program of it and what it
// imports.
import { drawActivity } from './activity.js';
import { forgetCursors } from './chart.js';
import { data, instant, lengthMs, number, rooms, servers, users } from './data.js';
import { byId, element } from './element.js';
import { drawSessions } from './sessions.js';
import { showMoment } from './slider.js';

function drawAll() {
  forgetCursors();
  drawActivity();
  drawSessions();
  showMoment();
}

byId('range').textContent = `${instant(0)} to ${instant(lengthMs)} UTC`;
const figures = {
  events: data.events,
  messages: data.messages,
  people: users.length,
  rooms: rooms.length,
  servers: servers.length,
};
byId('figures').append(
  ...Object.entries(figures).map(([name, value]) =>
    element('div', {}, element('dt', {}, name), element('dd', {}, number(value))),
  ),
);
if (data.leftOut > 0)
  byId('left-out').textContent =
    ` The earliest ${number(data.leftOut)} sessions and stays are left out.`;
drawAll();
addEventListener('resize', drawAll);
