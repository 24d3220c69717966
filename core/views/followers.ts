import type { Recorded } from '../event-store.ts';
import { evolveFollowing, type Following, initialFollowing } from '../following.ts';

/**
 * Who follows whom, among the users that were loaded: a chat server loads those that are here, a
 * replay all. Bounded by their subscriptions. The fold owns its view and changes it in place.
 */
export interface FollowersView {
  /** Whom each loaded user follows. */
  readonly following: Map<string, Following>;
  /** The loaded users who follow a user. */
  readonly followers: Map<string, Set<string>>;
}

export const emptyFollowers = (): FollowersView => ({ following: new Map(), followers: new Map() });

/** Brings a user's subscriptions into the view, as of the place in the log where it stands. */
export function loadFollowing(view: FollowersView, user: string, following: Following): void {
  unloadFollowing(view, user);
  view.following.set(user, following);
  for (const target of following) addFollower(view, target, user);
}

/** Takes a user's subscriptions out of the view. */
export function unloadFollowing(view: FollowersView, user: string): void {
  for (const target of view.following.get(user) ?? initialFollowing)
    removeFollower(view, target, user);
  view.following.delete(user);
}

export function evolveFollowers(view: FollowersView, { event }: Recorded): FollowersView {
  if (event.type !== 'UserSubscribed' && event.type !== 'UserUnsubscribed') return view;
  const { user, target } = event.data;
  const following = view.following.get(user);
  if (following === undefined) return view;
  view.following.set(user, evolveFollowing(following, event));
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
