import { hueOf, initialsOf } from '../state/avatar.ts';

interface AvatarProps {
  readonly name: string;
  readonly size?: 'small' | 'large';
  /** Whether the person is in one of the rooms; left away where it is not said. */
  readonly present?: boolean;
}

/** A person or a room, by initials. The name stands beside it, so it is silent to screen readers. */
export function Avatar({ name, size, present }: AvatarProps) {
  return (
    <span class={`avatar hue-${hueOf(name)} ${size ?? ''}`} aria-hidden="true">
      {initialsOf(name)}
      {present === undefined ? null : <span class={`presence ${present ? 'here' : ''}`} />}
    </span>
  );
}
