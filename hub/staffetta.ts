// hub: the command line: `npm run staffetta -- send|notice|status|check|show|explain|dlt …`, a client of the gateway like any other.
import { check } from './cli/check.ts';
import { CliError } from './cli/cli-error.ts';
import { dlt } from './cli/dlt.ts';
import { explain } from './cli/explain.ts';
import { notice } from './cli/notice.ts';
import { send } from './cli/send.ts';
import { show } from './cli/show.ts';
import { status } from './cli/status.ts';

const help = `Staffetta's command line.

  send FILE|FOLDER… --customer N    sends invoices (.xml .p7m .zip .json) and follows each to its outcome
       --external                   as suppliers' invoices for customer N
       --callback URL | none        where outcomes are told (default: the sandbox, if it runs)
       --wait SECONDS               how long to follow (default 60; 0: do not follow)
  notice FILE|FOLDER…               hands in SdI's notices (.xml .p7m .zip), and says what each tells
       --lang it|en                 (default it); --key: of role SDI, default STAFFETTA_SDI_API_KEY
  status NUMBER                     an invoice's history, step by step, and what SdI said of it
       --lang it|en                 SdI's notices in Italian (default) or English
  check FILE|FOLDER|-…              says what is wrong with invoices, as SdI would: XML, p7m, zip or JSON;
       --lang it|en                 (default it); needs no hub
       --received                   as what a supplier sent
       --profile FILE               the fiscal profile (JSON) of who issues documents in JSON
  show FILE|-                       prints an invoice for people: XML, p7m or zip; needs no hub
       --lang it|en                 (default it)
       --html OUT | --pdf OUT       writes a page or a print instead; a file that exists is kept,
       --force                      unless this is said (never over FILE itself)
       --document N --body N        only one document of an archive, only one body of a lot, from 1
  explain FILE|FOLDER|-|CODE…       says what SdI's notices (XML, p7m, zip), PEC mails (.eml) and codes mean;
       --lang it|en                 (default it); needs no hub
  dlt list [--state S] [--topic T]  dead letters (default: the open ones)
  dlt show ID                       one of them, with headers and payload
  dlt replay ID… | --all            sends them to their topic once more
  dlt discard ID… --reason TEXT     lets them go

  --gateway URL   default http://127.0.0.1:8072 (plus STAFFETTA_PORT_OFFSET), or STAFFETTA_GATEWAY
  --key KEY       default STAFFETTA_API_KEY, or the key of profile dev
  --json          prints JSON
`;

const commands: Readonly<Record<string, (args: string[]) => Promise<number>>> = {
  send,
  notice,
  check,
  show,
  explain,
  status,
  dlt,
};

async function main(args: string[]): Promise<number> {
  const [name = 'help', ...rest] = args;
  const command = commands[name];
  if (command) return command(rest);
  if (name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(help);
    return 0;
  }
  throw new CliError(`There is no command ${JSON.stringify(name)}. npm run staffetta -- help lists them.`);
}

// Whoever reads us (`| head`, a pager) may have seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof CliError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
