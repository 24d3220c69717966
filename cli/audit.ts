import { Command } from 'commander';
import type { AuditActions } from './audit-actions.ts';
import {
  archiveFlags,
  auditKeyFlags,
  evidenceFlags,
  keysOutFlags,
  outFlags,
  partitionFlags,
  whyFlags,
} from './audit-flags.ts';
import { addFlags } from './command-flags.ts';
import { addHelpText } from './help-text.ts';
import { retainFlags } from './retain-options.ts';
import type { Flag, Options } from './settings.ts';
import { storeFlags } from './store-options.ts';
import { whoSawCommand } from './who-saw.ts';

type Flags = Readonly<Record<string, Flag>>;

/** `securechat audit` */
export function auditCommand(): Command {
  const audit = new Command('audit')
    .summary('prove that the log is whole, or export it')
    .helpCommand(false)
    .description(
      'Prove that the log is what was sealed, and hand out proofs. That a live log is read is recorded in it; an exported file is checked without any store. docs/audit.md says what can be proved.',
    );
  const outOf = { ...storeFlags, ...whyFlags };
  const outExport = { ...outFlags, ...auditKeyFlags, ...archiveFlags, ...outOf };
  action(audit, 'export', 'write the log to a file that proves itself', '', outExport);
  const verify = action(
    audit,
    'verify',
    'check the live log, an exported file or an archive; exit 0 only if it is whole',
    '[file]',
    { ...evidenceFlags, ...archiveFlags, ...outOf },
  );
  addHelpText(verify, {
    paragraphs: [
      'An archive by itself, a folder of serve --archive or one of its files, is a part of a log: how far it is what was sealed is said, and that it is not all.',
      'The exit code is 0 if all is whole; 1 if it was tampered with, cannot be read, or nothing of it is sealed; 2 for wrong usage; and 3 if nothing is wrong with what is there, but it is not all, or perhaps not of this log: lost, unknown, earlier or part.',
    ],
    examples: (name) => [
      [
        `${name} log.ndjson.gz --key KEY --checkpoints DIR`,
        'offline, with what is known elsewhere',
      ],
      [`${name} --redis redis://localhost`, 'where it lies; nothing is mended or written before'],
      [`${name} ./archive`, 'what was trimmed, without the log'],
    ],
  });
  const keys = action(
    audit,
    'keys',
    'write the keys that open the texts of an exported file, wrapped by the master key',
    '',
    { ...keysOutFlags, ...outOf },
  );
  addHelpText(keys, {
    paragraphs: [
      'Whoever has the file and the master key of its time reads what was exported, also what people wrote who are erased later: docs/sealing.md.',
    ],
    examples: (name) => [[`${name} --out keys.json --why "case 7"`]],
  });
  const proofs = { ...partitionFlags, ...archiveFlags, ...outOf };
  action(audit, 'prove', 'print a proof that a record is in the log', '<position> [file]', proofs);
  action(
    audit,
    'consistency',
    'print a proof that the log at one checkpoint begins that at another',
    '<size> <size> [file]',
    proofs,
  );
  action(audit, 'check-proof', 'check a proof (- is standard input)', '[file]', {
    key: evidenceFlags.key,
  });
  action(audit, 'key', 'show the public key of a signing key', '[file]', {
    ...auditKeyFlags,
    ...storeFlags,
  });
  const publishKey = action(
    audit,
    'publish-key',
    'let the present signing key vouch for the next one',
    '<key>',
    { ...auditKeyFlags, ...storeFlags },
  );
  addHelpText(publishKey, {
    paragraphs: [
      'Takes the public key of the next one, as text or as a file that holds it, and the present one itself, which signs it. Then both count, and the servers can be started with the next one.',
    ],
    examples: (name) => [
      [`${name} "$(securechat audit key new.key)" --audit-key old.key --redis redis://localhost`],
    ],
  });
  const archive = action(
    audit,
    'archive',
    'write what is old into a folder, as serve --archive does before it goes',
    '<folder>',
    { retain: retainFlags.retain, ...outOf },
  );
  addHelpText(archive, {
    examples: (name) => [[`${name} ./archive --retain 90d`, 'what is older than 90 days']],
  });
  audit.addCommand(whoSawCommand());
  return audit;
}

function action(
  audit: Command,
  name: keyof AuditActions,
  about: string,
  args: string,
  flags: Flags,
): Command {
  const sentence = `${about.charAt(0).toUpperCase()}${about.slice(1)}.`;
  const command = new Command(name).summary(about).description(sentence);
  for (const argument of args.split(' ').filter(Boolean)) command.argument(argument);
  addFlags(command, flags);
  command.action(async () => {
    const { runAuditAction } = await import('./audit-actions.ts');
    await runAuditAction(name, command.args, command.opts<Options>(), process.env);
  });
  audit.addCommand(command);
  return command;
}
