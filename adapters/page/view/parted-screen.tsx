import { goOnHere } from '../session/entering.ts';
import { lossWords } from '../state/loss-words.ts';
import type { PageState } from '../state/page-state.ts';
import { useChat } from './chat-context.ts';
import { useFocusOnShow } from './use-focus-on-show.ts';
import { Logo } from './logo.tsx';

/** This tab is put aside: it does nothing until somebody asks for it. */
export function PartedScreen({ state }: { readonly state: PageState }) {
  const chat = useChat();
  const heading = useFocusOnShow<HTMLHeadingElement>();
  const { title, words, action } = partingOf(state);
  return (
    <main class="parted">
      <Logo />
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      <p>{words}</p>
      {action === undefined ? null : (
        <button
          type="button"
          class="button primary"
          onClick={() => (action === 'Load again' ? location.reload() : void goOnHere(chat))}
        >
          {action}
        </button>
      )}
    </main>
  );
}

interface Parting {
  readonly title: string;
  readonly words: string;
  readonly action?: 'Use here' | 'Load again' | 'Log in';
}

function partingOf({ link, me }: PageState): Parting {
  const why = link.status === 'stopped' ? link.why : 'ResumedElsewhere';
  const words = lossWords(why);
  const who = me === undefined ? 'You are' : `${me}, you are`;
  switch (why) {
    case 'TakenOver':
    case 'ResumedElsewhere':
    case 'Closed':
      return {
        title: `${who} logged in somewhere else`,
        words: `${words} This one stays quiet until you ask for it.`,
        action: 'Use here',
      };
    case 'AccountSuspended':
      return { title: 'Your account is suspended', words, action: 'Log in' };
    case 'AccountErased':
      return { title: 'Your account was erased', words, action: 'Log in' };
    default:
      return { title: 'The connection was closed', words, action: 'Load again' };
  }
}
