// What the charts have in common: names on the left, time to the right, and a line at the moment
// that the slider is at.
import { from, instant, lengthMs, setBacks } from './data.js';
import { element } from './element.js';

/** The width of the names. */
export const left = 104;
const axisHeight = 24;
const scale = (width) => (ms) => left + (ms / lengthMs) * (width - left);
const widthMin = 320;
/** Moves the line of each chart to a time. */
const cursors = [];

export const widthOf = (svg) => Math.max(svg.parentElement.clientWidth, widthMin);

/** Empties a chart and gives it its size; `x` is where a time is. */
export function beginChart(svg, height) {
  const width = widthOf(svg);
  svg.replaceChildren();
  svg.setAttribute('viewBox', `0 0 ${width} ${height + axisHeight}`);
  svg.style.height = `${height + axisHeight}px`;
  return { width, x: scale(width) };
}

const steps = [
  1e3, 5e3, 15e3, 60e3, 300e3, 900e3, 3600e3, 10800e3, 21600e3, 43200e3, 86400e3, 604800e3, 2592e6,
];

export function drawAxis(svg, { x, width }, height) {
  const wanted = Math.max(Math.floor((width - left) / 110), 2);
  const step = steps.find((one) => lengthMs / one <= wanted) ?? lengthMs / wanted;
  const first = Math.ceil(from / step) * step - from;
  for (let at = first; at <= lengthMs; at += step) {
    svg.append(element('line', { class: 'grid', x1: x(at), x2: x(at), y1: 0, y2: height }));
    const words =
      step >= 86400e3 ? instant(at).slice(0, 10) : instant(at, false).slice(0, step < 60e3 ? 8 : 5);
    svg.append(element('text', { x: x(at), y: height + 16, 'text-anchor': 'middle' }, words));
  }
}

/** Marks where the log was set back, with words at this height: what it held from some place on was lost then. */
export function drawSetBacks(svg, chart, height, wordsAt) {
  for (const at of new Set(setBacks.map(([ms]) => ms))) {
    const x = chart.x(at);
    svg.append(element('line', { class: 'lost', x1: x, x2: x, y1: 0, y2: height }));
    svg.append(nameBeside(chart, x, wordsAt, 'set back'));
  }
}

/** Words at a mark, on the side on which there is room for them. */
export function nameBeside({ width }, x, y, words) {
  const isLate = x > width - 60;
  const where = { x: x + (isLate ? -5 : 5), y, 'text-anchor': isLate ? 'end' : 'start' };
  return element('text', { class: 'lost-name', ...where }, words);
}

export function drawCursor(svg, chart, height) {
  const line = element('line', { class: 'cursor', y1: 0, y2: height });
  svg.append(line);
  cursors.push((ms) => {
    line.setAttribute('x1', chart.x(ms));
    line.setAttribute('x2', chart.x(ms));
  });
}

export function moveCursors(ms) {
  for (const move of cursors) move(ms);
}

/** To be called before the charts are drawn again. */
export function forgetCursors() {
  cursors.length = 0;
}
