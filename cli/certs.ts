import { Command } from 'commander';
import { repeatable } from './command-flags.ts';

/** `securechat certs` */
export function certsCommand(): Command {
  return new Command('certs')
    .summary('make or show the development certificate')
    .description(
      "Make what is missing: a development authority, and a certificate that it signs for localhost and this machine's name; then show both, and how other machines can trust them.",
    )
    .option('--dir <DIR>', 'the folder that holds them', process.env['SECURECHAT_CERTS'] || 'certs')
    .addOption(
      repeatable('--name <NAME>', 'one more host name or address under which clients connect'),
    )
    .option('--show', 'show what is there, and make nothing')
    .action(async (options: CertsOptions) => {
      const { certs } = await import('./certificates-shown.ts');
      await certs(options);
    });
}

export interface CertsOptions {
  readonly dir: string;
  readonly name?: readonly string[];
  readonly show?: boolean;
}
