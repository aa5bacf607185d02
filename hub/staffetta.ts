// hub: the command line: `npm run staffetta -- send|status|resend|check …` (`help` lists all), a client of the gateway like any other.
import { alarms } from './cli/alarms.ts';
import { answer } from './cli/answer.ts';
import { check } from './cli/check.ts';
import { CliError } from './cli/cli-error.ts';
import { clock } from './cli/clock.ts';
import { decide } from './cli/decide.ts';
import { dlt } from './cli/dlt.ts';
import { explain } from './cli/explain.ts';
import { keys } from './cli/keys.ts';
import { mails } from './cli/mails.ts';
import { notice } from './cli/notice.ts';
import { resend } from './cli/resend.ts';
import { send } from './cli/send.ts';
import { show } from './cli/show.ts';
import { status } from './cli/status.ts';

const help = `Staffetta's command line.

Every day
  send FILE|FOLDER… --customer N    sends invoices (.xml .p7m .zip .json), follows each and tells what became of it
       --external                   as suppliers' invoices for customer N
       --callback URL | none        where outcomes are told (default: the sandbox, if it runs)
       --until sent | sdi           follow until the mail server has them, or until SdI has spoken (default: sdi
                                    where the hub reads a PEC mailbox, else sent)
       --wait SECONDS               how long to follow (default 60; 0: do not follow)
  status NUMBER                     an invoice's story: where it stands, what to do, what happened, what SdI said
  resend NUMBER [FILE]              sends an invoice again: the same file where SdI has not seen it, or FILE, the
                                    corrected one (.xml .p7m .zip .json), under a new file name
       --reason TEXT                kept in the invoice's history
  decide NUMBER taken|not-taken     says whether SdI took a copy of an invoice of which its notices leave that open
       --file NAME                  only this file of an archive
       --reason TEXT                kept in the invoice's history
  answer NUMBER accept|refuse       a public body's answer to an invoice that SdI brought, within 15 days
       --reason TEXT                why; a refusal needs it, and the supplier reads it
       --document N@YEAR[#PLACE]    only one invoice of a lot; PLACE where two have the same number
  alarms [--all]                    what should have happened by now and did not (--all: and what is over)
  mails [--state S]                 the mails of the PEC mailbox, the newest first, and what is wrong with it;
                                    S: understood, quarantined, failed, stored, repeated
  mails show ID…                    what they are and what came of each
  mails retry ID…                   reads them once more
  mails retry --all --why CODE      all that wait for one reason (the CODE that mails shows in brackets)
       --mailbox ADDRESS            only those of this mailbox
  mails settle ID… --reason TEXT    says that they were dealt with by hand

Files, with no hub
  check FILE|FOLDER|-…              says what is wrong with invoices, as SdI would: XML, p7m, zip or JSON
       --received                   as what a supplier sent
       --profile FILE               the fiscal profile (JSON) of who issues documents in JSON
  show FILE|-                       prints an invoice for people: XML, p7m or zip
       --html OUT | --pdf OUT       writes a page or a print instead; a file that exists is kept,
       --force                      unless this is said (never over FILE itself)
       --document N --body N        only one document of an archive, only one body of a lot, from 1
  explain FILE|FOLDER|-|CODE…       says what SdI's notices (XML, p7m, zip), PEC mails (.eml) and codes mean
       --trust FILE                 certificates (PEM) of SdI, of PEC providers or of their authorities: signatures
                                    are judged by them

By hand, and when something is wrong
  notice FILE|FOLDER…               hands in SdI's notices (.xml .p7m .zip), and says what each tells
                                    (--key: of role SDI, default STAFFETTA_SDI_API_KEY)
  clock [show] | turn 5d | back     the clock of a hub in profile dev, by its data folder: lets days pass;
                                    s, m, h and d are understood
  dlt list [--state S] [--topic T]  dead letters (default: the open ones)
  dlt show ID                       one of them, with headers and payload
  dlt replay ID… | --all            sends them to their topic once more
  dlt discard ID… --reason TEXT     lets them go

Who may come in
  keys [list] [--all]               the API keys that the hub keeps (--all: and those that have ended)
       --customer N                 only those of customer N
  keys create --name TEXT --role R  makes one and shows it, this once; R: ARUBA, SDI, or CUSTOMER with --customer N
       --scopes A,B                 only for these: invoices:read, invoices:write, customers:read, customers:write,
                                    notices:write, operate, admin (default: all that its role may)
       --networks A,B               only from these addresses or networks (10.0.0.0/8)
       --days N | --until TIME      when it ends (default: it does not)
       --limit N/BURST              its own limit: requests a second, and at once
  keys show ID                      one of them, and what was done to it
  keys rotate ID                    makes the key that follows it, and shows it
       --overlap 24h                how long the old one goes on (default: as the gateway is set)
  keys revoke ID --reason TEXT      ends it now, everywhere
  keys delete ID                    forgets one that has ended
  admin-link                        on the hub's own machine: a link, good for one use, that makes an administrator's key

  --lang it|en    the language of what is told (default it; dlt speaks English)
  --gateway URL   default http://127.0.0.1:8072 (plus STAFFETTA_PORT_OFFSET), or STAFFETTA_GATEWAY
  --key KEY       default STAFFETTA_API_KEY, or the key of profile dev
  --json          prints JSON
`;

const commands: Readonly<Record<string, (args: string[]) => Promise<number>>> = {
  send,
  status,
  resend,
  decide,
  answer,
  alarms,
  mails,
  check,
  show,
  explain,
  notice,
  clock,
  dlt,
  keys,
  // It brings the database along, which no other command needs.
  'admin-link': async (args) => (await import('./cli/admin-link.ts')).adminLink(args),
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
