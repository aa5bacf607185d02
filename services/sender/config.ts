// sender: its settings.
import { HubError } from '@staffetta/flow/errors.ts';
import { isMailAddress } from '@staffetta/platform/config/mail-address.ts';
import { pecMailboxes, readPecMailboxes } from '@staffetta/platform/config/pec-mailboxes.ts';
import { defineSettings, type SettingsOf } from '@staffetta/platform/config/settings.ts';
import { receiptTypes } from './compose-mail.ts';
import { inDoubtMaxDefault } from './mails-in-hand.ts';
import { defaultTimeouts, type SmtpTimeouts } from './smtp/smtp-handshake.ts';

/** The part of each wait that is left to chance; less than the bus' `retryJitter`, so that the hand-overs can be counted. */
export const retryJitter = 0.2;

/** How long a try looks at mails that an earlier one left hanging, at most. */
export const lookMs = 1000;

/** The sender's settings' table. */
export const settings = defineSettings({
  smtpUrl: {
    env: 'SMTP_URL',
    kind: 'secret',
    says:
      'The mail server, smtp://user:password@host:port or smtps://…, with ?starttls=required|off|auto (default auto) and ' +
      'rejectUnauthorized=false for any certificate; in profile dev the sandbox by default.',
  },
  ...pecMailboxes,
  mailFrom: {
    env: 'MAIL_FROM',
    kind: 'text',
    says:
      'The mailbox that sends, where it is not PEC_ADDRESS; it is the envelope sender too, and its domain ends the Message-ID. ' +
      'PEC providers insist on the mailbox that logs in.',
  },
  mailTo: {
    env: 'MAIL_TO',
    kind: 'text',
    default: 'sdi01@pec.fatturapa.it',
    live: true,
    says: "SdI's first mailbox, the same for everybody; used until SdI names a dedicated one (GET /sender/api/addresses).",
  },
  mailBytesMax: {
    env: 'MAIL_BYTES_MAX',
    kind: 'bytes',
    default: 30 * 1024 * 1024,
    min: 1024,
    live: true,
    says: 'The largest mail, with its file in base64; a larger one is NOT_SENT before anything goes out. PEC takes 30 MiB.',
  },
  receiptType: {
    env: 'MAIL_RECEIPT_TYPE',
    kind: 'text',
    default: 'breve',
    choices: receiptTypes,
    live: true,
    says: "How much of our mail the PEC provider's receipt of its delivery repeats (X-TipoRicevuta).",
  },
  perMinuteMax: {
    env: 'MAIL_PER_MINUTE_MAX',
    kind: 'integer',
    default: 0,
    min: 0,
    max: 100_000,
    live: true,
    says: 'How many mails a mailbox sends in a minute, evenly spread and by all senders together; 0 is no bound. The others wait.',
  },
  perDayMax: {
    env: 'MAIL_PER_DAY_MAX',
    kind: 'integer',
    default: 0,
    min: 0,
    max: 10_000_000,
    live: true,
    says: 'How many mails a mailbox sends in any 24 hours, by all senders together; 0 is no bound. The others wait.',
  },
  unsureWaitMs: {
    env: 'MAIL_UNSURE_WAIT',
    kind: 'durationMs',
    min: 0,
    max: 7 * 86_400_000,
    live: true,
    says:
      "How long a mail whose fate is unknown waits for the PEC provider's receipt before it is mailed again; by default 10m for " +
      'a mailbox that is read (IMAP_URL), else 0s.',
  },
  smtpConnections: {
    env: 'SMTP_CONNECTIONS',
    kind: 'integer',
    default: 4,
    min: 1,
    max: 64,
    live: true,
    says: 'Connections to the mail server, at most.',
  },
  smtpConnectTimeoutMs: {
    env: 'SMTP_CONNECT_TIMEOUT',
    kind: 'durationMs',
    default: defaultTimeouts.connectMs,
    min: 100,
    max: 120_000,
    live: true,
    says: 'How long connecting to the mail server may take.',
  },
  smtpCommandTimeoutMs: {
    env: 'SMTP_COMMAND_TIMEOUT',
    kind: 'durationMs',
    default: defaultTimeouts.commandMs,
    min: 100,
    max: 600_000,
    live: true,
    says: "How long the mail server may take to answer one command; RFC 5321 asks for five minutes. A mail's end has its own ten.",
  },
  mailTries: {
    env: 'MAIL_TRIES',
    kind: 'integer',
    default: 8,
    min: 1,
    max: 50,
    live: true,
    says: 'How often a mail that the server refuses for now (4xx) is tried before it is NOT_SENT.',
  },
  mailRetryDelaysMs: {
    env: 'MAIL_RETRY_DELAYS',
    kind: 'durationsMs',
    default: [1000, 5000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000],
    live: true,
    says: 'The waits between those tries; the last one repeats.',
  },
  inDoubtMax: {
    env: 'SENDER_IN_DOUBT_MAX',
    kind: 'integer',
    default: inDoubtMaxDefault,
    min: 1,
    max: 1000,
    says: 'How many mails of a mailbox may be between their sending and the note of it; of so many nobody knows when the sender is killed.',
  },
  batchMax: {
    env: 'SENDER_BATCH_MAX',
    kind: 'integer',
    default: 100,
    min: 1,
    max: 1000,
    says: 'How many invoices are taken at once.',
  },
  sendWaitMs: {
    env: 'SENDER_SEND_WAIT',
    kind: 'durationMs',
    default: 5000,
    min: 10,
    max: 600_000,
    live: true,
    says: 'How long none of the mails in hand may end before those that hang are left to themselves and others go on.',
  },
  closeGraceMs: {
    env: 'SENDER_CLOSE_GRACE',
    kind: 'durationMs',
    default: 4000,
    min: 0,
    max: 6000,
    live: true,
    says: 'How long mails in hand may take to end when the sender stops; then their connections are cut.',
  },
});

/** The sender's settings, read. */
export type SenderValues = SettingsOf<typeof settings>;

/**
 * Says how long the mail server may take, as far as it can be set.
 * @param values the settings
 */
export function smtpTimeouts(values: SenderValues): Pick<SmtpTimeouts, 'connectMs' | 'commandMs'> {
  return { connectMs: values.smtpConnectTimeoutMs, commandMs: values.smtpCommandTimeoutMs };
}

/**
 * Counts how often the bus may hand one invoice over. The ledger decides how often it is mailed (`mailTries`); each of those
 * mails may hang, and looking whether it still does must not use up the tries.
 * @param values the settings
 */
export function handOversMax(values: SenderValues): number {
  const { mailTries, mailRetryDelaysMs: delaysMs, sendWaitMs } = values;
  // How long a server may keep one mail: four commands and the answer to its end.
  const hangMsMax = 4 * values.smtpCommandTimeoutMs + defaultTimeouts.dataEndMs;
  let handOvers = 2;
  for (let mail = 0; mail < mailTries; mail++) {
    for (let hungMs = 0; hungMs < hangMsMax; handOvers++) {
      const delayMs = delaysMs[Math.min(handOvers, delaysMs.length - 1)] ?? 0;
      hungMs += delayMs * (1 - retryJitter) + Math.min(sendWaitMs, lookMs);
    }
    handOvers++;
  }
  return handOvers;
}

/** A mailbox that the sender sends from, as it is set up. */
export interface SendingMailbox {
  readonly address: string;
  /** What the mailbox service calls it: PEC_ADDRESS for the main one, even where MAIL_FROM is another. */
  readonly readAs: string;
  /** Undefined where it is only read. */
  readonly smtpUrl: string | undefined;
  /** How long a mail of it whose fate is unknown waits for a receipt. */
  readonly unsureWaitMs: number;
}

const unsureWaitMsDefault = 600_000;

/**
 * Lists the mailboxes, the main one first.
 * @param values the settings
 * @throws HubError SETTING_WRONG for a wrong address, or an address that comes twice
 */
export function sendingMailboxes(
  values: Pick<SenderValues, 'pecAddress' | 'mailFrom' | 'smtpUrl' | 'imapUrl' | 'furtherMailboxes' | 'unsureWaitMs'>,
): readonly [SendingMailbox, ...SendingMailbox[]] {
  const [name, main] =
    values.mailFrom === undefined ? ['PEC_ADDRESS', values.pecAddress] : ['MAIL_FROM', values.mailFrom];
  insistOnAddress(name, main);
  const waitOf = (imapUrl: string | undefined): number =>
    values.unsureWaitMs ?? (imapUrl === undefined ? 0 : unsureWaitMsDefault);
  const further = readPecMailboxes(values.furtherMailboxes);
  if (further.some(({ address }) => address.toLowerCase() === main.toLowerCase())) {
    throw new HubError('SETTING_WRONG', `PEC_MAILBOXES names ${main}, which is the main mailbox already (${name}).`);
  }
  return [
    { address: main, readAs: values.pecAddress, smtpUrl: values.smtpUrl, unsureWaitMs: waitOf(values.imapUrl) },
    ...further.map(({ address, smtpUrl, imapUrl }) => ({
      address,
      readAs: address,
      smtpUrl,
      unsureWaitMs: waitOf(imapUrl),
    })),
  ];
}

function insistOnAddress(name: string, address: string): void {
  if (isMailAddress(address)) return;
  throw new HubError('SETTING_WRONG', `${name} is ${JSON.stringify(address)}, which is no mail address.`);
}

/**
 * Insists on SdI's first mailbox: a wrong one would fail every mail.
 * @param values the settings
 * @throws HubError SETTING_WRONG
 */
export function requireMailTo({ mailTo }: Pick<SenderValues, 'mailTo'>): void {
  insistOnAddress('MAIL_TO', mailTo);
}

/**
 * Insists on a mail server.
 * @param smtpUrl the setting
 * @throws HubError SETTING_WRONG where none is set (profile production without SMTP_URL)
 */
export function requireMailServer(smtpUrl: string | undefined): string {
  if (smtpUrl !== undefined) return smtpUrl;
  throw new HubError('SETTING_WRONG', 'The sender needs SMTP_URL: smtp://user:password@host:port of the PEC mailbox.');
}
