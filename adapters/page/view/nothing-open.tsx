import { Logo } from './logo.tsx';

/** Beside the list, until something is chosen. */
export function NothingOpen({ onJoin }: { readonly onJoin: () => void }) {
  return (
    <div class="first alone centred">
      <Logo />
      <h1>Choose a room, or make one</h1>
      <p class="quiet">A room is there for everybody as soon as somebody is in it.</p>
      <button type="button" class="button primary" onClick={onJoin}>
        Join or make a room
      </button>
    </div>
  );
}
