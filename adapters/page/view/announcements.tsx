import { useEffect, useRef, useState } from 'preact/hooks';

import { keyOf, type Talk } from '../state/talk.ts';

/** What is said while nobody looks for longer than this is heard no more. */
const announcedMax = 3;

/** Says to a screen reader what others say in what is open. */
export function Announcements({
  talk,
  me,
}: {
  readonly talk: Talk | undefined;
  readonly me: string;
}) {
  const [lines, setLines] = useState<readonly string[]>([]);
  const seen = useRef<{ readonly key: string; readonly place: number } | undefined>(undefined);
  const last = talk?.last;
  const key = talk === undefined ? '' : keyOf(talk);
  useEffect(() => {
    const before = seen.current;
    seen.current = { key, place: last?.place ?? 0 };
    if (before?.key !== key) setLines([]);
    else if (last !== undefined && last.place > before.place && last.user !== me)
      setLines((said) => [...said, `${last.user}: ${last.text}`].slice(-announcedMax));
  }, [key, last, me]);
  return (
    <div class="visually-hidden" role="log" aria-label="New messages">
      {lines.map((line) => (
        <p>{line}</p>
      ))}
    </div>
  );
}
