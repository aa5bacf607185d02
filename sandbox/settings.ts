// sandbox: its settings, read alike by the hub that brings it along and by itself where it runs apart.
import { HubError } from '@staffetta/flow/errors.ts';
import { pecMailboxes } from '@staffetta/platform/config/pec-mailboxes.ts';
import { defineSettings, readSettings } from '@staffetta/platform/config/settings.ts';
import type { SettingsOf } from '@staffetta/platform/config/settings.ts';
import { isMailboxAddress } from './pec/mail-boxes.ts';
import type { PecWishes } from './pec/start-pec.ts';

/** The sandbox's settings' table. */
export const sandboxSettings = defineSettings({
  sandboxSdi: {
    env: 'STAFFETTA_SANDBOX_SDI',
    kind: 'boolean',
    default: true,
    says: "Whether the sandbox is a PEC provider and SdI too: mails to SdI get receipts and SdI's answers; without it mails only end there.",
  },
  sandboxSdiDelayMs: {
    env: 'SANDBOX_SDI_DELAY',
    kind: 'durationMs',
    min: 0,
    says: "How long the sandbox's SdI takes for an answer, by the hub's clock; 1 to 2 s by default.",
  },
  sandboxMailboxMax: {
    env: 'SANDBOX_MAILBOX_MAX',
    kind: 'integer',
    default: 20_000,
    min: 10,
    max: 1_000_000,
    says: 'How many mails a mailbox of the sandbox keeps, the newest ones.',
  },
  sandboxDeliverSmtp: {
    env: 'SANDBOX_DELIVER_SMTP',
    kind: 'secret',
    says: "A real mail server, smtp://user:password@host:port or smtps://…, that the sandbox's receipts and answers are delivered by.",
  },
  sandboxDeliverImap: {
    env: 'SANDBOX_DELIVER_IMAP',
    kind: 'secret',
    says:
      'Mailboxes on real servers, imap://user:password@host:port or imaps://…, comma separated, that receipts and answers for their ' +
      'users are put into by IMAP.',
  },
  sandboxCollectImap: {
    env: 'SANDBOX_COLLECT_IMAP',
    kind: 'secret',
    says:
      "SdI's mailboxes on real servers, imap://sdi01%40pec.fatturapa.it:password@host:port, comma separated, that the sandbox reads " +
      'as SdI, besides its own mail server.',
  },
});

/** The settings' values. */
export type SandboxValues = SettingsOf<typeof sandboxSettings>;

function addresses(env: string, text: string | undefined, schemes: RegExp, needsUser: boolean): string[] {
  const words = (text ?? '').split(',').map((word) => word.trim());
  return words.filter((word) => word !== '').map((word) => insistOnAddress(env, word, schemes, needsUser));
}

function insistOnAddress(env: string, word: string, schemes: RegExp, needsUser: boolean): string {
  const url = URL.canParse(word) ? new URL(word) : undefined;
  const isRight = url !== undefined && schemes.test(url.protocol) && (!needsUser || url.username.includes('%40'));
  if (isRight) return word;
  const form = needsUser ? 'imap://user%40domain:password@host:port' : 'smtp://host:port';
  // The text itself holds a password.
  throw new HubError('SETTING_WRONG', `${env} has a part that is no address such as ${form}.`);
}

/**
 * What the settings wish of the sandbox's mail.
 * @param values the settings' values
 * @returns undefined where neither provider nor SdI is wanted
 * @throws HubError SETTING_WRONG
 */
export function pecWishes(values: SandboxValues): PecWishes | undefined {
  const [smtp] = addresses('SANDBOX_DELIVER_SMTP', values.sandboxDeliverSmtp, /^smtps?:$/, false);
  const deliverImap = addresses('SANDBOX_DELIVER_IMAP', values.sandboxDeliverImap, /^imaps?:$/, true);
  const collectImap = addresses('SANDBOX_COLLECT_IMAP', values.sandboxCollectImap, /^imaps?:$/, true);
  if (!values.sandboxSdi) return undefined;
  const delay = values.sandboxSdiDelayMs;
  return {
    deliverImap,
    collectImap,
    ...(smtp !== undefined && { deliverSmtp: smtp }),
    ...(delay !== undefined && { sdiDelayMs: delay }),
  };
}

/**
 * The company's mailbox, which the sandbox has from the start.
 * @param environment usually `process.env`
 * @throws HubError SETTING_WRONG
 */
export function companyMailbox(environment: Readonly<Record<string, string | undefined>>): string {
  const { pecAddress } = readSettings(pecMailboxes, environment).values;
  if (isMailboxAddress(pecAddress)) return pecAddress;
  throw new HubError(
    'SETTING_WRONG',
    `PEC_ADDRESS is ${JSON.stringify(pecAddress)}, which is no mail address that the sandbox can have a mailbox for.`,
  );
}
