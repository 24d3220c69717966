// The moment that is shown: by the slider, by playing through time, and by a click into a chart.
import { left, moveCursors } from './chart.js';
import { instant, lengthMs, stays } from './data.js';
import { byId } from './element.js';
import { showRooms } from './rooms.js';

const slider = byId('time');
slider.value = busiestPlace();

/** The last place at which most were in rooms: there is the most to be seen. */
function busiestPlace() {
  const last = Number(slider.max);
  const placeAt = (ms) => Math.ceil((ms / lengthMs) * last);
  const changes = Array.from({ length: last + 2 }, () => 0);
  for (const [, , start, end] of stays) {
    const [from, behind] = [placeAt(start), end >= lengthMs ? last + 1 : placeAt(end)];
    changes[from] += 1;
    changes[behind] -= 1;
  }
  let [there, most, place] = [0, 0, last];
  for (const [at, change] of changes.slice(0, last + 1).entries()) {
    there += change;
    if (there === 0 || there < most) continue;
    [most, place] = [there, at];
  }
  return place;
}

/** Shows the moment that the slider is at. */
export const showMoment = () => show(sliderMs());

function show(ms) {
  slider.value = Math.round((ms / lengthMs) * Number(slider.max));
  slider.setAttribute('aria-valuetext', instant(ms));
  byId('moment').textContent = instant(ms);
  moveCursors(ms);
  showRooms(ms);
}

const sliderMs = () => (Number(slider.value) / Number(slider.max)) * lengthMs;
slider.addEventListener('input', showMoment);

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
