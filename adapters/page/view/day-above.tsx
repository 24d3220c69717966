import { dayWords } from './times.ts';

/** The day of what one reads, over it, while its mark is out of sight; the rows say it themselves. */
export function DayAbove({ at }: { readonly at: number | undefined }) {
  if (at === undefined) return null;
  return (
    <p class="day-above" aria-hidden="true">
      <span>{dayWords(at, Date.now())}</span>
    </p>
  );
}
