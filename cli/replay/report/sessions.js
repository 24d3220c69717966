// Everybody's sessions by server, with losses marked.
import { beginChart, drawAxis, drawCursor, drawSetBacks, nameBeside, widthOf } from './chart.js';
import {
  instant,
  lengthMs,
  lives,
  number,
  seriesMax,
  servers,
  sessions,
  setBacks,
  users,
} from './data.js';
import { byId, element, tipped } from './element.js';

/** The others are marked on the charts. */
const setBacksNamedMax = 8;

export function drawSessions() {
  const svg = byId('sessions');
  const [rowHeight, barHeight, laneGap, rowsMax] = [18, 15, 18, 24];
  const gapMs = (lengthMs / widthOf(svg)) * 2;
  const lanes = servers
    .map((name, server) => {
      const own = sessions
        .filter(([, one]) => one === server)
        .map(([user, , start, end, how]) => ({ user, start, end, how }));
      return { name, server, ...inRows(own, rowsMax, gapMs) };
    })
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const height = lanes.reduce((sum, { rows }) => sum + rows * rowHeight + laneGap, 0) + 4;
  const chart = beginChart(svg, height);
  drawAxis(svg, chart, height);
  let y = 4;
  for (const [place, { name, server, placed, rows, hidden }] of lanes.entries()) {
    const tall = rows * rowHeight;
    const label = element('text', { class: 'name', x: 0, y: y + 13 }, shortNames[server]);
    label.append(element('title', {}, name));
    svg.append(label);
    if (hidden > 0) svg.append(element('text', { x: 0, y: y + 28 }, `${number(hidden)} more`));
    for (const [one, start, end] of lives)
      if (one === server)
        svg.append(
          element('rect', {
            class: 'life',
            x: chart.x(start),
            y: y - 3,
            width: Math.max(chart.x(end) - chart.x(start), 2),
            height: tall + 5,
            rx: 5,
          }),
        );
    for (const { user, start, end, how, row } of placed) {
      const wide = Math.max(chart.x(end) - chart.x(start) - 1, 2);
      const top = y + row * rowHeight;
      const bar = element('rect', {
        class: 'bar',
        x: chart.x(start),
        y: top,
        width: wide,
        height: barHeight,
        rx: 4,
        fill: `var(--c${place % seriesMax})`,
      });
      const ended = {
        open: 'still there',
        over: `to ${instant(end)}`,
        lost: `lost at ${instant(end)}`,
      }[how];
      svg.append(tipped(bar, () => `${users[user]} on ${name}, from ${instant(start)}, ${ended}`));
      if (how === 'lost')
        svg.append(
          element('rect', {
            x: chart.x(end) - 3,
            y: top,
            width: 3,
            height: barHeight,
            rx: 1.5,
            fill: 'var(--lost)',
          }),
        );
      if (wide > users[user].length * 7 + 12)
        svg.append(
          element('text', { class: 'in-bar', x: chart.x(start) + 6, y: top + 11 }, users[user]),
        );
    }
    for (const [one, , end, how] of lives) {
      if (one !== server || how !== 'lost') continue;
      svg.append(
        element('line', {
          class: 'lost',
          x1: chart.x(end),
          x2: chart.x(end),
          y1: y - 3,
          y2: y + tall + 2,
        }),
      );
      svg.append(nameBeside(chart, chart.x(end), y + tall + 13, 'lost'));
    }
    y += tall + laneGap;
  }
  drawSetBacks(svg, chart, height, height - 5);
  drawCursor(svg, chart, height);
  const lost = lives.filter(([, , , how]) => how === 'lost').length;
  byId('sessions-legend').replaceChildren(
    lost === 0
      ? 'No server was lost.'
      : element(
          'span',
          { colour: 'var(--lost)' },
          `${lost} ${lost === 1 ? 'loss' : 'losses'} of a server`,
        ),
    ...setBacks.slice(0, setBacksNamedMax).map(([at, partition, from]) => {
      const where = `position ${number(from)}${setBacks.some(([, one]) => one > 0) ? ` of partition ${partition}` : ''}`;
      const words = `The log was set back at ${instant(at)}: what it held from ${where} on was lost`;
      return element('span', { colour: 'var(--lost)' }, words);
    }),
    setBacks.length > setBacksNamedMax
      ? `and ${number(setBacks.length - setBacksNamedMax)} times more`
      : '',
  );
}

/** Bars that do not overlap share a row. */
function inRows(bars, rowsMax, gapMs) {
  const ends = [];
  const placed = [];
  let hidden = 0;
  for (const bar of bars.toSorted((one, other) => one.start - other.start)) {
    let row = ends.findIndex((end) => end + gapMs <= bar.start);
    if (row < 0) row = ends.length;
    if (row >= rowsMax) {
      hidden += 1;
      continue;
    }
    ends[row] = bar.end;
    placed.push({ ...bar, row });
  }
  return { placed, rows: Math.max(ends.length, 1), hidden };
}

/** Names cut at the end, in the middle or in front: wherever they still differ. */
function shortened(names) {
  const lengthMax = 14;
  const cutTo = (front, back) =>
    names.map((name) =>
      name.length <= lengthMax ? name : `${name.slice(0, front)}…${name.slice(name.length - back)}`,
    );
  const ways = [cutTo(13, 0), cutTo(6, 7), cutTo(0, 13)];
  return ways.find((cut) => new Set(cut).size === names.length) ?? ways[1];
}
const shortNames = shortened(servers);
