import { lossWords } from '../state/loss-words.ts';
import { isWell, type Link } from '../state/page-state.ts';
import { useChat } from './chat-context.ts';
import { useNow } from './use-now.ts';

const secondMs = 1_000;

/** What the connection is about while it is not there, and a way to hurry it. */
export function LinkStatus({ link }: { readonly link: Link }) {
  const chat = useChat();
  const now = useNow(secondMs);
  if (isWell(link)) return null;
  if (link.status === 'online')
    return (
      <div class="link-status lost" role="status">
        <span>The server cannot reach the chat’s memory. It keeps trying.</span>
        <span>Nothing new is shown until it can, and what you send may have to be sent again.</span>
      </div>
    );
  if (link.status !== 'reconnecting')
    return (
      <p class="link-status" role="status">
        <span class="spinner" /> Connecting…
      </p>
    );
  const seconds = Math.max(0, Math.ceil((link.retryAtMs - now) / secondMs));
  return (
    <div class="link-status lost" role="status">
      <span class="spinner" />
      <span>{lossWords(link.why)}</span>
      <span class="countdown" aria-hidden="true">
        {seconds > 0 ? `Trying again in ${seconds} s.` : 'Trying again…'}
      </span>
      {seconds > 0 ? (
        <button type="button" class="text-button" onClick={() => chat.client.retry()}>
          Try now
        </button>
      ) : null}
    </div>
  );
}
