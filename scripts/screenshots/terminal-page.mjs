/** Colours 0 to 7 and their bright ones, as on a dark ground. */
const palette = [
  ['#3b4252', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#d8dee9'],
  ['#6b7488', '#ff8a93', '#b5e08f', '#ffd98f', '#82c4ff', '#dd9bf0', '#7fd7e0', '#ffffff'],
];

const style = `
  body { margin: 0; padding: 24px; background: transparent; }
  .window { display: inline-block; border-radius: 10px; background: #161b22; color: #d8dee9; }
  .window pre { margin: 0; padding: 18px 20px; font: 14px/1.45 'DejaVu Sans Mono', monospace; }
  .bar { display: flex; gap: 8px; padding: 12px 16px 0; }
  .bar i { width: 12px; height: 12px; border-radius: 50%; background: #3b4252; }
  .cursor { background: #d8dee9; }
`;

/**
 * A document that shows the rows of a terminal as they look.
 * @param {readonly string[]} rows with escape sequences for colours, as tmux captures them
 */
export function terminalPage(rows) {
  const lines = rows.map(htmlOf).join('\n');
  return `<!doctype html><meta charset="utf-8"><style>${style}</style>
<div class="window"><div class="bar"><i></i><i></i><i></i></div>
<pre>${lines}<span class="cursor"> </span></pre></div>`;
}

/** Whatever else a terminal can do (other sequences) is not in what the client writes. */
function htmlOf(row) {
  let look = plain;
  return row
    .split(/(\x1b\[[\d;]*m)/)
    .map((part) => {
      const [, codes] = /^\x1b\[([\d;]*)m$/.exec(part) ?? [];
      if (codes === undefined) return part === '' ? '' : spanOf(part, look);
      for (const code of codes.split(';')) look = changed(look, Number(code));
      return '';
    })
    .join('');
}

const plain = { bold: false, dim: false, colour: undefined };

function changed(look, code) {
  if (code === 0) return plain;
  if (code === 1) return { ...look, bold: true };
  if (code === 2) return { ...look, dim: true };
  if (code === 22) return { ...look, bold: false, dim: false };
  if (code >= 30 && code <= 37) return { ...look, colour: palette[0][code - 30] };
  if (code >= 90 && code <= 97) return { ...look, colour: palette[1][code - 90] };
  return code === 39 ? { ...look, colour: undefined } : look;
}

function spanOf(text, { bold, dim, colour }) {
  const css = [
    bold ? 'font-weight: bold' : '',
    dim ? 'opacity: 0.6' : '',
    colour === undefined ? '' : `color: ${colour}`,
  ].filter((rule) => rule !== '');
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return css.length === 0 ? escaped : `<span style="${css.join('; ')}">${escaped}</span>`;
}
