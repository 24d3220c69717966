import { parseNote, strictBase64 } from './signed-note.ts';
import { hashBytes } from '../../core/merkle/tree-hash.ts';

/** What a checkpoint says: how large a tree is, and what its root is. */
export interface Checkpoint {
  readonly partition: number;
  readonly epoch: string;
  readonly size: number;
  readonly root: Buffer;
}

/**
 * The text of a checkpoint (C2SP tlog-checkpoint): the tree's origin, its size, its root. There is
 * one tree for each partition and epoch.
 */
export const checkpointText = ({ partition, epoch, size, root }: Checkpoint): string =>
  `securechat/${partition}/${epoch}\n${size}\n${root.toString('base64')}\n`;

/** What a signed note says if it is a checkpoint of a log of this program; its signature is not looked at. */
export function parseCheckpoint(note: string): Checkpoint | undefined {
  const [origin = '', size = '', root = '', ...others] = (parseNote(note)?.text ?? '').split('\n');
  const [, partition = '', epoch = ''] = /^securechat\/(\d{1,5})\/(\S+)$/.exec(origin) ?? [];
  const bytes = strictBase64(root);
  // Further lines are allowed by the standard; none of ours has any.
  if (epoch === '' || others.length !== 1 || bytes?.length !== hashBytes) return undefined;
  if (!/^(0|[1-9]\d{0,14})$/.test(size)) return undefined;
  return { partition: Number(partition), epoch, size: Number(size), root: bytes };
}
