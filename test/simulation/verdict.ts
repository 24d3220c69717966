import type { Recorded } from '../../core/event-store.ts';
import { emptyChat, evolveChat } from '../../core/views/chat.ts';
import { checkRun } from '../checker/checker.ts';
import { formatFinding } from '../checker/report.ts';
import { rawRecord } from '../support/raw-record.ts';
import { losesServers } from './faults.ts';
import { wrongLosses } from './server-losses.ts';
import type { Stage } from './stage.ts';
import { wrongPast } from './told-history.ts';

/** What a run that is over has broken of what the project promises: sentences. */
export async function brokenPromises(stage: Stage): Promise<readonly string[]> {
  const { eras, plan, store, logins, servers } = stage;
  const records = store.records();
  const findings: string[] = [];
  for (const { records: log, histories } of eras.all()) {
    const report = await checkRun({ log: log.map(rawRecord), histories });
    findings.push(...report.findings.map(formatFinding));
  }
  return [
    ...findings,
    ...logins.flatMap(({ refusals }) => refusals),
    ...answersFaults(stage, records),
    ...inTwoRooms(records),
    ...wrongLosses(plan, records),
    ...servers.flatMap(({ complaints }) => complaints),
  ];
}

/** A log that was set back may have lost what was answered, and marks of what was shown. */
function answersFaults(
  { plan, directs, clients, logins }: Stage,
  records: readonly Recorded[],
): readonly string[] {
  if (plan.faults.some(({ name }) => name === losesServers)) return [];
  const everybody = [...clients, ...logins];
  return [...directs.faults(records, everybody), ...wrongPast(records, everybody)];
}

/** At any place of the log; several partitions have no place in common. */
function inTwoRooms(records: readonly Recorded[]): readonly string[] {
  const view = emptyChat();
  return records.flatMap((recorded) => {
    evolveChat(view, recorded);
    const { event, position } = recorded;
    if (event.type !== 'RoomJoined') return [];
    const rooms = [...(view.rooms.bySession.get(event.data.session) ?? [])];
    const inOne = rooms.filter(({ partition }) => partition === recorded.partition);
    return inOne.length < 2 ? [] : [`${event.data.user} is in two rooms from ${position} on`];
  });
}
