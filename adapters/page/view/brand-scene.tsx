/** A number, whose it is, and how long the lines are: a conversation from afar. */
const lines = [
  [41, 4, [62]],
  [42, 7, [88, 46]],
  [43, 1, [38]],
  [44, 7, [71]],
  [45, 10, [94, 80, 30]],
  [46, 4, [52]],
] as const;

/** What this is about, as a picture: numbered, in one order. */
export function BrandScene() {
  return (
    <svg class="brand-scene" viewBox="0 0 400 330" aria-hidden="true" focusable="false">
      {lines.map(([number, hue, widths], index) => {
        const top = 8 + topOf(index);
        return (
          <g key={number}>
            <text x="26" y={top + 22}>
              {number}
            </text>
            <rect class={`person hue-${hue}`} x="44" y={top} width="34" height="34" rx="10" />
            {widths.map((width, line) => (
              <rect
                key={line}
                class={line === 0 && index === lines.length - 1 ? 'bar newest' : 'bar'}
                x="92"
                y={top + 4 + line * 17}
                width={width * 2.9}
                height="9"
                rx="4.5"
              />
            ))}
          </g>
        );
      })}
    </svg>
  );
}

const rowHeight = 48;
const lineHeight = 17;

/** Each row stands below those before it, and those have one to three lines. */
function topOf(index: number): number {
  const before = lines.slice(0, index);
  return before.reduce(
    (sum, [, , { length }]) => sum + rowHeight + Math.max(0, length - 2) * lineHeight,
    0,
  );
}
