import { Link, type LinkOptions } from './link.ts';
import { ConnectionLost } from './refusal.ts';

/** So often is it tried, each time for as long as Redis may be silent. */
const attemptsMax = 3;

/**
 * The link to a Redis that has answered before, and so is hardly gone when its connection is lost: a
 * busy machine may keep it from answering.
 * @throws what was wrong with the last connection
 */
export async function firstLink(options: LinkOptions): Promise<Link> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await Link.open(options);
    } catch (error) {
      if (!(error instanceof ConnectionLost) || attempt === attemptsMax) throw error;
    }
  }
}
