import { dayWords, machineTime } from './times.ts';

export function DayMark({ at }: { readonly at: number }) {
  return (
    <div role="listitem" class="day-mark">
      <time dateTime={machineTime(at)}>{dayWords(at, Date.now())}</time>
    </div>
  );
}
