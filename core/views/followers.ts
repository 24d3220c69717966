import type { Recorded } from '../event-store.ts';
import { evolveFollowing, type Following, initialFollowing } from '../following.ts';

/** Whom a user follows, and the revision of their stream that this is as of. */
export interface LoadedFollowing {
  readonly targets: Following;
  readonly revision: number;
}

/**
 * Who follows whom, among the users that were loaded: a chat server loads those that are here, a
 * replay all. Bounded by their subscriptions. The fold owns its view and changes it in place.
 */
export interface FollowersView {
  /** Whom each loaded user follows. */
  readonly following: Map<string, LoadedFollowing>;
  /** The loaded users who follow a user. */
  readonly followers: Map<string, Set<string>>;
}

export const emptyFollowers = (): FollowersView => ({ following: new Map(), followers: new Map() });

export const nothingFollowed: LoadedFollowing = { targets: initialFollowing, revision: 0 };

/** Brings a user's subscriptions into the view, as of the place in the log where it stands. */
export function rememberFollowing(
  view: FollowersView,
  user: string,
  loaded: LoadedFollowing,
): void {
  forgetFollowing(view, user);
  view.following.set(user, loaded);
  for (const target of loaded.targets) addFollower(view, target, user);
}

/** Takes a user's subscriptions out of the view. */
export function forgetFollowing(view: FollowersView, user: string): void {
  const { targets } = view.following.get(user) ?? nothingFollowed;
  for (const target of targets) removeFollower(view, target, user);
  view.following.delete(user);
}

export function evolveFollowers(view: FollowersView, { event, revision }: Recorded): FollowersView {
  if (event.type !== 'UserSubscribed' && event.type !== 'UserUnsubscribed') return view;
  const { user, target } = event.data;
  const following = view.following.get(user);
  if (following === undefined) return view;
  view.following.set(user, { targets: evolveFollowing(following.targets, event), revision });
  if (event.type === 'UserSubscribed') addFollower(view, target, user);
  else removeFollower(view, target, user);
  return view;
}

function addFollower(view: FollowersView, target: string, user: string): void {
  const followers = view.followers.get(target);
  if (followers === undefined) view.followers.set(target, new Set([user]));
  else followers.add(user);
}

function removeFollower(view: FollowersView, target: string, user: string): void {
  const followers = view.followers.get(target);
  followers?.delete(user);
  if (followers?.size === 0) view.followers.delete(target);
}
