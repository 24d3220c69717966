import { deepStrictEqual } from 'node:assert/strict';
import { checkRun, type CheckOptions } from './checker.ts';
import type { Place } from './finding.ts';
import type { RawRecord } from './log-dump.ts';
import type { Report } from './report.ts';
import type { Story } from './story.ts';

/** A finding that a spec wants: its promise and kind, and what of its place matters. */
export type Wanted = readonly [label: string, place: Place];

/** Ends a story and judges what it left behind. */
export async function judge(story: Story, options?: CheckOptions): Promise<Report> {
  return checkRun({ log: story.log.records, histories: story.finish().histories }, options);
}

/** Ends a story; fails unless the checker finds this in it, in this order, and nothing else. */
export async function expectFindings(story: Story, ...wanted: readonly Wanted[]): Promise<void> {
  const { findings } = await judge(story);
  const found = findings.map((finding, index) => {
    const names = Object.keys(wanted[index]?.[1] ?? finding);
    const place = Object.entries(finding).filter(([name]) => names.includes(name));
    return [`${finding.promise} ${finding.kind}`, Object.fromEntries(place)];
  });
  deepStrictEqual(found, wanted);
}

/** The line of the last event in a client's history that has these fields. */
export function lineOf(story: Story, client: string, fields: object): number {
  const events = story.histories.find((history) => history.client === client)?.events ?? [];
  const index = events.findLastIndex((event) => {
    const values = new Map<string, unknown>(Object.entries(event));
    return Object.entries(fields).every(([name, value]) => values.get(name) === value);
  });
  if (index < 0) throw new Error(`${client} has no event with ${JSON.stringify(fields)}`);
  return index + 1;
}

/** Where in the log a record is. */
export const placed = ({ partition, position }: RawRecord): Place => ({ partition, position });
