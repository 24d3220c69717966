import { unreachable } from '../../../core/rejection.ts';
import type { Row } from '../state/rows.ts';
import type { TalkKey } from '../state/talk.ts';
import { DayMark } from './day-mark.tsx';
import { GapRow } from './gap-row.tsx';
import { memo } from './memo.ts';
import { MessageRow } from './message-row.tsx';
import { OutgoingRow } from './outgoing-row.tsx';
import { PassageRow } from './passage-row.tsx';

interface ChunkProps {
  readonly rows: readonly Row[];
  readonly talkKey: TalkKey;
  readonly me: string;
  readonly following: ReadonlySet<string>;
}

/** Some rows, which the browser does not lay out while they are far from what is seen. */
export const ChunkView = memo(({ rows, ...rest }: ChunkProps) => (
  <div class="chunk" role="presentation">
    {rows.map((row) => (
      <RowView key={row.key} row={row} {...rest} />
    ))}
  </div>
));

type RowProps = Omit<ChunkProps, 'rows'> & { readonly row: Row };

function RowView({ row, talkKey, me, following }: RowProps) {
  switch (row.kind) {
    case 'day':
      return <DayMark at={row.at} />;
    case 'new':
      return (
        <div role="listitem" class="new-line">
          <span>New</span>
        </div>
      );
    case 'message':
      return (
        <MessageRow
          name={row.key}
          message={row.message}
          leads={row.leads}
          isMine={row.message.user === me}
          isFollowed={following.has(row.message.user)}
        />
      );
    case 'passage':
      return <PassageRow name={row.key} passages={row.passages} />;
    case 'gap':
      return <GapRow name={row.key} talkKey={talkKey} gap={row.gap} />;
    case 'outgoing':
      return (
        <OutgoingRow
          name={row.key}
          talkKey={talkKey}
          me={me}
          outgoing={row.outgoing}
          leads={row.leads}
        />
      );
    default:
      return unreachable(row);
  }
}
