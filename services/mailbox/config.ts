// mailbox: its settings.
import { mailLimits } from '@staffetta/fatturapa/mail/mail-limits.ts';
import type { MailVerification } from '@staffetta/fatturapa/mail/provider-signature.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { isMailAddress } from '@staffetta/platform/config/mail-address.ts';
import { pecMailboxes, readPecMailboxes } from '@staffetta/platform/config/pec-mailboxes.ts';
import { defineSettings, type SettingsOf } from '@staffetta/platform/config/settings.ts';
import { readFileSync } from 'node:fs';
import { parseImapUrl, type ImapUrl } from './imap-url.ts';

const mib = 1024 * 1024;

/** The mailbox's settings' table. */
export const settings = defineSettings({
  ...pecMailboxes,
  folder: {
    env: 'IMAP_FOLDER',
    kind: 'text',
    default: 'INBOX',
    says: 'The folder of the mailboxes that is read.',
  },
  pecSignatures: {
    env: 'PEC_SIGNATURES',
    kind: 'text',
    default: 'off',
    choices: ['off', 'warn', 'require'],
    says:
      "Whether the PEC provider's signature on receipts and on SdI's mails is verified: `warn` tells of one that does not convince, " +
      '`require` quarantines the mail. Both need PEC_TRUST.',
  },
  pecTrust: {
    env: 'PEC_TRUST',
    kind: 'text',
    says: 'A PEM file with the certificates of the authorities that PEC providers are certified by, or of providers themselves.',
  },
  pollMs: {
    env: 'MAILBOX_POLL',
    kind: 'durationMs',
    default: 60_000,
    min: 50,
    max: 1_740_000,
    live: true,
    says: 'How long the mailbox may be silent before it is looked at; servers with IDLE tell of new mails at once.',
  },
  bytesMax: {
    env: 'MAILBOX_BYTES_MAX',
    kind: 'bytes',
    default: 40 * mib,
    min: 65_536,
    max: 256 * mib,
    says: 'The largest mail that is taken; a larger one is quarantined with its headers and stays in the mailbox.',
  },
  since: {
    env: 'MAILBOX_SINCE',
    kind: 'text',
    says: 'A day, as 2026-01-31: mails that arrived before it are left alone. For a mailbox that is older than the hub.',
  },
  imapTimeoutMs: {
    env: 'IMAP_TIMEOUT',
    kind: 'durationMs',
    default: 60_000,
    min: 100,
    max: 600_000,
    says: 'How long the IMAP server may be silent while something is asked of it, or while a connection is made.',
  },
  reconnectDelaysMs: {
    env: 'IMAP_RECONNECT_DELAYS',
    kind: 'durationsMs',
    default: [500, 1000, 2000, 5000, 10_000, 30_000],
    live: true,
    says: 'The waits before a lost connection to the IMAP server is made again; the last one repeats.',
  },
  loginRetryMs: {
    env: 'IMAP_LOGIN_RETRY',
    kind: 'durationMs',
    default: 60_000,
    min: 50,
    live: true,
    says: 'The wait before a refused login is tried again: slowly, so that the provider does not lock the account.',
  },
  quotaWarning: {
    env: 'MAILBOX_QUOTA_WARNING',
    kind: 'number',
    default: 90,
    min: 1,
    max: 100,
    live: true,
    says: 'From how many percent of its quota on a mailbox counts as nearly full.',
  },
  quotaCheckMs: {
    env: 'MAILBOX_QUOTA_CHECK',
    kind: 'durationMs',
    default: 600_000,
    min: 50,
    live: true,
    says: 'How often a mailbox is asked how full it is.',
  },
  deleteAfterMs: {
    env: 'MAILBOX_DELETE_AFTER',
    kind: 'durationMs',
    min: 3_600_000,
    says: 'How long after it was answered for a mail is deleted from the mailbox; it stays kept here. Without it none ever is.',
  },
  retryDelaysMs: {
    env: 'MAILBOX_RETRY_DELAYS',
    kind: 'durationsMs',
    default: [1000, 2000, 5000, 15_000, 30_000],
    live: true,
    says: 'The waits before a mail that could not be handed over is tried again; the last one repeats.',
  },
  recipientRetryMs: {
    env: 'MAILBOX_RECIPIENT_RETRY',
    kind: 'durationMs',
    default: 900_000,
    min: 50,
    live: true,
    says: 'How often it is asked again whose an incoming invoice is that nobody, or more than one customer, was found for.',
  },
  handOverTimeoutMs: {
    env: 'MAILBOX_HAND_OVER_TIMEOUT',
    kind: 'durationMs',
    default: 30_000,
    min: 100,
    max: 600_000,
    live: true,
    says: 'How long the receiver and the dbmanager may take to answer.',
  },
  handOvers: {
    env: 'MAILBOX_HAND_OVERS',
    kind: 'integer',
    default: 8,
    min: 1,
    max: 64,
    live: true,
    says:
      'How many mails of a mailbox are handed to the receiver at once; those about one file go one after the other all the same. ' +
      'With 1 each goes after the one before it.',
  },
  asideBytes: {
    env: 'MAILBOX_ASIDE_BYTES',
    kind: 'bytes',
    default: mib,
    min: 0,
    live: true,
    says: 'Mails larger than this are understood in a worker thread, so that everything else goes on meanwhile.',
  },
  understandTimeoutMs: {
    env: 'MAILBOX_UNDERSTAND_TIMEOUT',
    kind: 'durationMs',
    default: 60_000,
    min: 100,
    live: true,
    says: 'How long that may take before it is broken off and the mail is quarantined.',
  },
  depthMax: {
    env: 'MAIL_DEPTH_MAX',
    kind: 'integer',
    default: mailLimits.depthMax,
    min: 4,
    max: 100,
    says: 'How many parts and messages within each other are opened in a mail.',
  },
  partsMax: {
    env: 'MAIL_PARTS_MAX',
    kind: 'integer',
    default: mailLimits.partsMax,
    min: 10,
    max: 10_000,
    says: 'How many parts of a mail are read.',
  },
  filesMax: {
    env: 'MAIL_FILES_MAX',
    kind: 'integer',
    default: mailLimits.filesMax,
    min: 1,
    max: 1000,
    says: 'How many attachments of a mail from SdI are opened.',
  },
});

/** The mailbox's settings as they were read. */
export type MailboxSettings = SettingsOf<typeof settings>;

/** A mailbox to read. */
export interface MailboxToRead {
  /** In lower case. */
  readonly address: string;
  readonly url: ImapUrl;
}

/**
 * Finds the mailboxes to read: that of PEC_ADDRESS where IMAP_URL is set, and those of PEC_MAILBOXES with an imapUrl.
 * @param values the settings
 * @throws HubError SETTING_WRONG for an address or a URL that is none, and for an address that comes twice
 */
export function mailboxesToRead(values: MailboxSettings): readonly MailboxToRead[] {
  const { imapUrl, pecAddress, furtherMailboxes } = values;
  const all = [
    ...(imapUrl === undefined ? [] : [{ address: pecAddress, imapUrl }]),
    ...readPecMailboxes(furtherMailboxes),
  ];
  const found = all.flatMap(({ address, imapUrl: url }) =>
    url === undefined ? [] : [{ address: address.toLowerCase(), url: parseImapUrl(url) }],
  );
  for (const [index, { address }] of found.entries()) {
    if (!isMailAddress(address)) {
      throw new HubError('SETTING_WRONG', `PEC_ADDRESS is ${JSON.stringify(address)}, which is no mail address.`);
    }
    if (found.findIndex((other) => other.address === address) < index) {
      throw new HubError('SETTING_WRONG', `${address} stands in PEC_ADDRESS and in PEC_MAILBOXES: read it once.`);
    }
  }
  return found;
}

/**
 * Reads the day from which on mails are taken.
 * @param values the settings
 * @returns its beginning in UTC (IMAP compares days, whatever the zone), or undefined where all are taken
 * @throws HubError SETTING_WRONG
 */
export function firstDay({ since }: Pick<MailboxSettings, 'since'>): Date | undefined {
  if (since === undefined) return undefined;
  const day = /^\d{4}-\d\d-\d\d$/.test(since) ? new Date(`${since}T00:00:00Z`) : undefined;
  if (day && !Number.isNaN(day.getTime())) return day;
  throw new HubError('SETTING_WRONG', `MAILBOX_SINCE is ${JSON.stringify(since)}: write a day, as 2026-01-31.`);
}

/** How providers' signatures are verified, for all mails alike. */
export type ProviderTrust = Omit<MailVerification, 'at'>;

const certificateForm = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

function certificatesIn(path: string): readonly string[] {
  let text: string;
  try {
    text = readFileSync(path, 'latin1');
  } catch (error) {
    throw new HubError('SETTING_WRONG', `PEC_TRUST=${path}: the file cannot be read.`, error);
  }
  const found = text.match(certificateForm);
  if (!found) throw new HubError('SETTING_WRONG', `PEC_TRUST=${path}: it holds no certificate in PEM.`);
  return found;
}

/**
 * Reads how providers' signatures are verified.
 * @param values the settings
 * @returns undefined where they are not
 * @throws HubError SETTING_WRONG where PEC_TRUST is missing, cannot be read or holds no certificate
 */
export function providerTrust({
  pecSignatures,
  pecTrust,
}: Pick<MailboxSettings, 'pecSignatures' | 'pecTrust'>): ProviderTrust | undefined {
  if (pecSignatures !== 'warn' && pecSignatures !== 'require') return undefined;
  if (pecTrust !== undefined) return { mode: pecSignatures, trust: certificatesIn(pecTrust) };
  throw new HubError('SETTING_WRONG', `PEC_SIGNATURES=${pecSignatures} needs PEC_TRUST: a PEM file of whom to trust.`);
}
