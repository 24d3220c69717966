// Messages over time, by room.
import { beginChart, drawAxis, drawCursor, drawSetBacks, left } from './chart.js';
import {
  activity,
  instant,
  lengthMs,
  number,
  otherColour,
  roomColour,
  rooms,
  seriesMax,
} from './data.js';
import { byId, element, tipped } from './element.js';

export function drawActivity() {
  const svg = byId('activity');
  const height = 210;
  const chart = beginChart(svg, height);
  drawAxis(svg, chart, height);
  const count = activity[0]?.counts.length ?? 1;
  const totals = Array.from({ length: count }, (_, bucket) =>
    activity.reduce((sum, { counts }) => sum + counts[bucket], 0),
  );
  // Even, so that what the line in the middle says is true.
  const most = Math.max(2 * Math.ceil(Math.max(...totals, 0) / 2), 2);
  const rise = (value) => (value / most) * (height - 14);
  for (const part of [1, 0.5]) {
    const y = height - rise(most * part);
    svg.append(element('line', { class: 'grid', x1: left, x2: chart.width, y1: y, y2: y }));
    svg.append(
      element('text', { x: left - 10, y: y + 4, 'text-anchor': 'end' }, number(most * part)),
    );
  }
  const wide = (chart.width - left) / count;
  for (let bucket = 0; bucket < count; bucket++) {
    let y = height;
    const start = (bucket / count) * lengthMs;
    const column = element('g', { class: 'bar' });
    const drawn = activity.slice(0, seriesMax);
    const rest = activity.slice(seriesMax).reduce((sum, { counts }) => sum + counts[bucket], 0);
    for (const [value, colour] of [
      ...drawn.map(({ room, counts }) => [counts[bucket], roomColour(room)]),
      [rest, otherColour],
    ]) {
      if (value === 0) continue;
      const tall = rise(value);
      y -= tall;
      const box = {
        x: chart.x(start) + 0.75,
        y,
        width: Math.max(wide - 1.5, 1),
        height: Math.max(tall - 0.75, 0.5),
      };
      column.append(element('rect', { ...box, rx: 1.5, fill: colour }));
    }
    svg.append(
      tipped(column, () => {
        const said = activity
          .filter(({ counts }) => counts[bucket] > 0)
          .slice(0, 6)
          .map(({ room, counts }) => `${rooms[room]} ${number(counts[bucket])}`);
        return `${instant(start)}: ${said.join(', ')}`;
      }),
    );
  }
  drawSetBacks(svg, chart, height, 10);
  drawCursor(svg, chart, height);
  const names = activity
    .slice(0, seriesMax)
    .map(({ room }) => element('span', { colour: roomColour(room) }, rooms[room]));
  if (activity.length > seriesMax)
    names.push(
      element('span', { colour: otherColour }, `${activity.length - seriesMax} more rooms`),
    );
  if (activity.length === 0) names.push(document.createTextNode('Nobody said anything.'));
  byId('activity-legend').replaceChildren(...names);
}
