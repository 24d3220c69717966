import { encodeEvent } from '../../adapters/record-codec.ts';
import type { Recorded } from '../../core/event-store.ts';
import type { RawRecord } from '../checker/log-dump.ts';

/** A record as a store hands it on, in the form in which it lies in the log. */
export function rawRecord(record: Recorded): RawRecord {
  const { partition, position, stream, revision, at, link, id, actor, cause, event } = record;
  const { meta, body } = encodeEvent({ id, actor, cause, event });
  return {
    partition,
    position,
    stream,
    revision,
    at,
    meta: meta.toString(),
    ...(body === undefined ? {} : { body }),
    ...(link === undefined ? {} : { link }),
  };
}
