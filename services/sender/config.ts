// sender: its settings.
import { HubError } from '@staffetta/flow/errors.ts';
import { inDoubtMaxDefault } from './mails-in-hand.ts';
import { defineSettings, type SettingsOf } from '@staffetta/platform/config/settings.ts';
import { isMailAddress } from './mail-address.ts';
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
  mailFrom: {
    env: 'MAIL_FROM',
    kind: 'text',
    default: 'fatture@staffetta.example',
    says: 'The PEC mailbox that sends; it is the envelope sender too, and its domain ends the Message-ID.',
  },
  mailTo: {
    env: 'MAIL_TO',
    kind: 'text',
    default: 'sdi01@pec.fatturapa.it',
    says: "SdI's mailbox; the first one is the same for everybody.",
  },
  smtpConnections: {
    env: 'SMTP_CONNECTIONS',
    kind: 'integer',
    default: 4,
    min: 1,
    max: 64,
    says: 'Connections to the mail server, at most.',
  },
  smtpConnectTimeoutMs: {
    env: 'SMTP_CONNECT_TIMEOUT',
    kind: 'durationMs',
    default: defaultTimeouts.connectMs,
    min: 100,
    max: 120_000,
    says: 'How long connecting to the mail server may take.',
  },
  smtpCommandTimeoutMs: {
    env: 'SMTP_COMMAND_TIMEOUT',
    kind: 'durationMs',
    default: defaultTimeouts.commandMs,
    min: 100,
    max: 600_000,
    says: "How long the mail server may take to answer one command; RFC 5321 asks for five minutes. A mail's end has its own ten.",
  },
  mailTries: {
    env: 'MAIL_TRIES',
    kind: 'integer',
    default: 8,
    min: 1,
    max: 50,
    says: 'How often a mail that the server refuses for now (4xx) is tried before it is NOT_SENT.',
  },
  mailRetryDelaysMs: {
    env: 'MAIL_RETRY_DELAYS',
    kind: 'durationsMs',
    default: [1000, 5000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000],
    says: 'The waits between those tries; the last one repeats.',
  },
  inDoubtMax: {
    env: 'SENDER_IN_DOUBT_MAX',
    kind: 'integer',
    default: inDoubtMaxDefault,
    min: 1,
    max: 1000,
    says: 'How many mails may be between their sending and the note of it; so many may repeat when the sender is killed.',
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
    says: 'How long none of the mails in hand may end before those that hang are left to themselves and others go on.',
  },
  closeGraceMs: {
    env: 'SENDER_CLOSE_GRACE',
    kind: 'durationMs',
    default: 4000,
    min: 0,
    max: 6000,
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

/**
 * Insists on mailboxes to send from and to: a wrong one would fail every mail.
 * @param values the settings
 * @throws HubError SETTING_WRONG
 */
export function requireMailboxes({ mailFrom, mailTo }: Pick<SenderValues, 'mailFrom' | 'mailTo'>): void {
  for (const [name, address] of Object.entries({ MAIL_FROM: mailFrom, MAIL_TO: mailTo })) {
    if (isMailAddress(address)) continue;
    throw new HubError('SETTING_WRONG', `${name} is ${JSON.stringify(address)}, which is no mail address.`);
  }
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
