import { isWell, type Link } from '../state/page-state.ts';
import { LinkStatus } from './link-status.tsx';

/** On a phone, where the list is not in sight: how the connection is, if it is not well. */
export function StageStatus({ link }: { readonly link: Link }) {
  if (isWell(link)) return null;
  return (
    <div class="stage-status only-phone">
      <LinkStatus link={link} />
    </div>
  );
}
