import type { Logger } from 'pino';

import type { LinkNews } from '../core/stores.ts';

/** Tells it in the log: an outage that nobody reads of there is one that is looked for elsewhere. */
export function tellLink(news: LinkNews, log: Logger): void {
  if (news.status === 'warning' || news.status === 'waiting') log.warn(news.words);
  else if (news.status === 'back')
    log.info({ downMs: Math.round(news.downMs) }, 'the store is back');
  else if (news.status === 'locked')
    log.error({ reason: news.reason }, 'what people write cannot be sealed, or opened');
  else if (news.status === 'unlocked') log.info('what people write can be sealed and opened again');
  else log.warn({ reason: news.reason }, 'the store is out of reach');
}
