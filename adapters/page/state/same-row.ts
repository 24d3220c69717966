import type { Row } from './rows.ts';

/** Whether two rows show the same. Messages are never changed, so the same one says the same. */
export function sameRow(one: Row, other: Row | undefined): boolean {
  if (one.key !== other?.key) return false;
  switch (one.kind) {
    case 'message':
      return other.kind === 'message' && one.message === other.message && one.leads === other.leads;
    case 'outgoing':
      return (
        other.kind === 'outgoing' && one.outgoing === other.outgoing && one.leads === other.leads
      );
    case 'gap':
      return other.kind === 'gap' && one.gap === other.gap;
    case 'passage':
      // Who comes after the first is added to it.
      return other.kind === 'passage' && countOf(one) === countOf(other);
    case 'day':
      return other.kind === 'day' && one.at === other.at;
    case 'new':
      return true;
  }
}

function countOf({ passages }: Extract<Row, { kind: 'passage' }>): number {
  return passages.reduce((sum, { users }) => sum + users.length, 0);
}
