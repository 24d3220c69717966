import type { PageState } from '../state/page-state.ts';
import { LinkStatus } from './link-status.tsx';
import { Logo } from './logo.tsx';

/** A session of this tab is about to be gone on with. */
export function StartingScreen({ state }: { readonly state: PageState }) {
  return (
    <main class="starting">
      <Logo />
      <h1 class="visually-hidden">SecureChat</h1>
      <LinkStatus link={state.link} />
    </main>
  );
}
