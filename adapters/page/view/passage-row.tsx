import type { PassageWords } from '../state/rows.ts';
import { memo } from './memo.ts';

interface PassageRowProps {
  readonly name: string;
  readonly passages: readonly PassageWords[];
}

/** More names than these are counted. */
const namesMax = 4;

const verbs = { joined: 'joined', left: 'left', lost: 'lost the connection' } as const;

/** Who came and went, in a quiet line. */
export const PassageRow = memo(({ name, passages }: PassageRowProps) => (
  <div role="listitem" class="passage" data-row={name}>
    {passages.map(({ verb, users }, index) => (
      <>
        {index > 0 ? ', ' : ''}
        <bdi>{namesOf(users)}</bdi> {verbs[verb]}
      </>
    ))}
  </div>
));

function namesOf(users: readonly string[]): string {
  const named = users.length > namesMax ? users.slice(0, namesMax - 1) : users;
  const rest = users.length - named.length;
  const all = rest > 0 ? [...named, `${rest} others`] : named;
  const last = all.at(-1) ?? '';
  return all.length > 1 ? `${all.slice(0, -1).join(', ')} and ${last}` : last;
}
