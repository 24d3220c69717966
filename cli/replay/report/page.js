// Draws a report. It runs in a browser, from a file; what it shows stands in the page as JSON. Names
// are anybody's, so they only ever become text.
const byId = (id) => document.getElementById(id);
const number = (value) => value.toLocaleString('en');
const widthOf = (svg) => Math.max(svg.parentElement.clientWidth, 320);

(() => {
  const data = JSON.parse(byId('data').textContent);
  const { from, lengthMs, rooms, users, servers, activity, lives, sessions, stays } = data;
  const seriesMax = 8;
  const otherColour = 'var(--c8)';
  /** The busiest rooms have colours of their own. */
  const colourOfRoom = new Map(
    activity.slice(0, seriesMax).map(({ room }, place) => [room, `var(--c${place})`]),
  );
  const roomColour = (room) => colourOfRoom.get(room) ?? otherColour;
  const charts = [];

  const instant = (ms, withDay = true) => {
    const text = new Date(from + ms).toISOString();
    return withDay ? `${text.slice(0, 10)} ${text.slice(11, 19)}` : text.slice(11, 19);
  };

  function element(name, attributes = {}, ...children) {
    const isSvg = ['rect', 'line', 'text', 'g', 'title', 'path'].includes(name);
    const made = isSvg
      ? document.createElementNS('http://www.w3.org/2000/svg', name)
      : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key === 'colour') made.style.setProperty('--of', value);
      else if (key === 'fill') made.style.fill = value;
      else made.setAttribute(key, value);
    }
    made.append(...children);
    return made;
  }

  // The same for every chart: names on the left, time to the right.
  const left = 104;
  const axisHeight = 24;
  const scale = (width) => (ms) => left + (ms / lengthMs) * (width - left);

  function begin(svg, height) {
    const width = widthOf(svg);
    svg.replaceChildren();
    svg.setAttribute('viewBox', `0 0 ${width} ${height + axisHeight}`);
    svg.style.height = `${height + axisHeight}px`;
    return { width, x: scale(width) };
  }

  const steps = [
    1e3, 5e3, 15e3, 60e3, 300e3, 900e3, 3600e3, 10800e3, 21600e3, 43200e3, 86400e3, 604800e3,
    2592e6,
  ];

  function drawAxis(svg, { x, width }, height) {
    const wanted = Math.max(Math.floor((width - left) / 110), 2);
    const step = steps.find((one) => lengthMs / one <= wanted) ?? lengthMs / wanted;
    const first = Math.ceil(from / step) * step - from;
    for (let at = first; at <= lengthMs; at += step) {
      svg.append(element('line', { class: 'grid', x1: x(at), x2: x(at), y1: 0, y2: height }));
      const words =
        step >= 86400e3
          ? instant(at).slice(0, 10)
          : instant(at, false).slice(0, step < 60e3 ? 8 : 5);
      svg.append(element('text', { x: x(at), y: height + 16, 'text-anchor': 'middle' }, words));
    }
  }

  function drawCursor(svg, chart, height) {
    const line = element('line', { class: 'cursor', y1: 0, y2: height });
    svg.append(line);
    charts.push((ms) => {
      line.setAttribute('x1', chart.x(ms));
      line.setAttribute('x2', chart.x(ms));
    });
  }

  function tipped(made, words) {
    const tip = byId('tip');
    made.addEventListener('pointermove', ({ clientX, clientY }) => {
      tip.textContent = words();
      tip.hidden = false;
      const { width } = tip.getBoundingClientRect();
      tip.style.left = `${Math.min(clientX + 14, innerWidth - width - 8)}px`;
      tip.style.top = `${clientY + 18}px`;
    });
    made.addEventListener('pointerleave', () => (tip.hidden = true));
    return made;
  }

  function drawActivity() {
    const svg = byId('activity');
    const height = 210;
    const chart = begin(svg, height);
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
        name.length <= lengthMax
          ? name
          : `${name.slice(0, front)}…${name.slice(name.length - back)}`,
      );
    const ways = [cutTo(13, 0), cutTo(6, 7), cutTo(0, 13)];
    return ways.find((cut) => new Set(cut).size === names.length) ?? ways[1];
  }
  const shortNames = shortened(servers);

  function drawSessions() {
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
    const chart = begin(svg, height);
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
        svg.append(
          tipped(bar, () => `${users[user]} on ${name}, from ${instant(start)}, ${ended}`),
        );
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
        const isLate = chart.x(end) > chart.width - 40;
        const where = {
          x: chart.x(end) + (isLate ? -5 : 5),
          'text-anchor': isLate ? 'end' : 'start',
        };
        svg.append(element('text', { class: 'lost-name', ...where, y: y + tall + 13 }, 'lost'));
      }
      y += tall + laneGap;
    }
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
    );
  }

  const isAt = (ms, start, end) => start <= ms && (ms < end || end >= lengthMs);
  /** Whoever came so lately is shown as new. */
  const lately = lengthMs / 200;

  function showRooms(ms) {
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
        if (names.length > 60)
          shown.push(element('li', {}, `and ${number(names.length - 60)} more`));
        const title = element('h3', {}, rooms[room], element('small', {}, number(names.length)));
        return element(
          'article',
          { class: 'room', colour: roomColour(room) },
          title,
          element('ul', {}, ...shown),
        );
      });
    if (cards.length === 0)
      cards.push(element('p', { class: 'nobody' }, 'Nobody was in any room.'));
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

  const slider = byId('time');
  function show(ms) {
    slider.value = Math.round((ms / lengthMs) * Number(slider.max));
    slider.setAttribute('aria-valuetext', instant(ms));
    byId('moment').textContent = instant(ms);
    for (const move of charts) move(ms);
    showRooms(ms);
  }
  const sliderMs = () => (Number(slider.value) / Number(slider.max)) * lengthMs;
  slider.addEventListener('input', () => show(sliderMs()));

  const play = byId('play');
  const playedInMs = 24_000;
  let playing;
  function setPlaying(on) {
    play.setAttribute('aria-pressed', String(on));
    play.lastChild.textContent = on ? 'Pause' : 'Play';
    if (!on) {
      cancelAnimationFrame(playing);
      playing = undefined;
      return;
    }
    let last = performance.now();
    let at = sliderMs() >= lengthMs ? 0 : sliderMs();
    const frame = (now) => {
      at += ((now - last) / playedInMs) * lengthMs;
      last = now;
      show(Math.min(at, lengthMs));
      if (at >= lengthMs) setPlaying(false);
      else playing = requestAnimationFrame(frame);
    };
    playing = requestAnimationFrame(frame);
  }
  play.addEventListener('click', () => setPlaying(playing === undefined));

  /** Who clicks into a chart goes there. */
  for (const name of ['activity', 'sessions'])
    byId(name).addEventListener('click', ({ clientX }) => {
      const box = byId(name).getBoundingClientRect();
      const part = (clientX - box.left - left) / (box.width - left);
      if (part >= 0) show(Math.min(part, 1) * lengthMs);
    });

  function drawAll() {
    charts.length = 0;
    drawActivity();
    drawSessions();
    show(sliderMs());
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
  // Somewhere in the middle there is more to be seen than at an end.
  slider.value = Number(slider.max) / 2;
  drawAll();
  addEventListener('resize', drawAll);
})();
