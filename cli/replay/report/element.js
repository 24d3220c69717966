// What the page is made of. Names are anybody's, so they only ever become text.
export const byId = (id) => document.getElementById(id);

/** An element of HTML or SVG; `colour` and `fill` go to its style. */
export function element(name, attributes = {}, ...children) {
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

/** Shows these words beside the pointer while it is over the element. */
export function tipped(made, words) {
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
