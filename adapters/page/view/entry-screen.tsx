import { lossWords } from '../state/loss-words.ts';
import type { PageState } from '../state/page-state.ts';
import { BrandScene } from './brand-scene.tsx';
import { EntryForm } from './entry-form.tsx';
import { LinkStatus } from './link-status.tsx';
import { Logo } from './logo.tsx';
import { OtherTabOffer } from './other-tab-offer.tsx';

/** Where one logs in, or registers where that is open. */
export function EntryScreen({ state }: { readonly state: PageState }) {
  const { entry, link, registration } = state;
  return (
    <div class="entry">
      <header class="entry-brand">
        <p class="brand">
          <Logo /> SecureChat
        </p>
        <p class="entry-claim">One order for everybody. Nothing lost on the way.</p>
        <BrandScene />
      </header>
      <main class="entry-main">
        <div class="entry-card">
          {entry.otherTab === undefined ? null : <OtherTabOffer user={entry.otherTab} />}
          <EndedNote ended={entry.ended} />
          <EntryForm entry={entry} isOpen={registration === 'open'} />
          {link.status === 'greeting' || link.status === 'stopped' ? null : (
            <LinkStatus link={link} />
          )}
        </div>
      </main>
    </div>
  );
}

function EndedNote({ ended }: Pick<PageState['entry'], 'ended'>) {
  if (ended === undefined || ended === 'Closed') return null;
  const words = ended === 'LoggedOut' ? 'You are logged out.' : lossWords(ended);
  return (
    <p class="note" role="status">
      {words}
    </p>
  );
}
