import { textParts } from '../state/links.ts';

/** What somebody wrote: text, and nothing but text, in its own direction; addresses can be opened. */
export function MessageText({ text }: { readonly text: string }) {
  return (
    <p class="text" dir="auto">
      {textParts(text).map(({ text: part, href }) =>
        href === undefined ? (
          part
        ) : (
          <a href={href} target="_blank" rel="noopener noreferrer nofollow" dir="ltr">
            {part}
          </a>
        ),
      )}
    </p>
  );
}
