import { errorWords } from '../core/error-catalogue.ts';
import { isReservedName, parseRoomName } from '../core/names.ts';
import { retentionWords } from '../core/retention.ts';
import { setRetention } from '../server/set-retention.ts';
import { exitUsage, PlainFailure } from './plain-failure.ts';
import { type Environment, type Options, Settings } from './settings.ts';
import { parseStoreOptions, storeFlags } from './store-options.ts';
import { runTool, toolActor } from './tool-run.ts';

const daysMax = 36_500;
const actor = toolActor('room-tool');

/** @throws {PlainFailure} */
export async function retainRoom(
  typed: string,
  typedDays: string,
  options: Options,
  env: Environment,
): Promise<void> {
  const settings = new Settings(storeFlags, options, env);
  const store = parseStoreOptions(settings, env);
  const room = parseRoomName(typed);
  const days = typedDays === 'forever' ? undefined : Number(typedDays);
  const { problems } = settings;
  if (room === undefined)
    problems.push(errorWords(isReservedName(typed) ? 'ReservedName' : 'InvalidRoomName', typed));
  if (days !== undefined && !(Number.isInteger(days) && days >= 1 && days <= daysMax))
    problems.push(
      `A room keeps what is said for 1 to ${daysMax} days or forever, not ${typedDays}.`,
    );
  if (problems.length > 0 || room === undefined)
    throw new PlainFailure(problems.join('\n'), exitUsage);
  if (store.sealing?.seals !== true)
    throw new PlainFailure(
      'Texts are not sealed here, so none can expire. Give the master key of the servers with --master-key-file.',
    );
  await runTool(store, actor, async (context) => {
    const answer = await setRetention(context, actor, room, days);
    if (answer?.kind === 'error') throw new PlainFailure(errorWords(answer.code, answer.subject));
    console.log(`What is said in ${room.shown} is kept ${retentionWords(days)}.`);
  });
}
