// sender: its settings.
import { HubError } from '@staffetta/flow/errors.ts';
import { defineSettings } from '@staffetta/platform/config/settings.ts';

/** The sender's settings' table. */
export const settings = defineSettings({
  smtpUrl: {
    env: 'SMTP_URL',
    kind: 'secret',
    says: 'The mail server, smtp://user:password@host:port or smtps://…; in profile dev the sandbox by default.',
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
  batchMax: {
    env: 'SENDER_BATCH_MAX',
    kind: 'integer',
    default: 100,
    min: 1,
    max: 1000,
    says: 'How many invoices are taken at once.',
  },
});

/**
 * Insists on a mail server.
 * @param smtpUrl the setting
 * @throws HubError SETTING_WRONG where none is set (profile production without SMTP_URL)
 */
export function requireMailServer(smtpUrl: string | undefined): string {
  if (smtpUrl !== undefined) return smtpUrl;
  throw new HubError('SETTING_WRONG', 'The sender needs SMTP_URL: smtp://user:password@host:port of the PEC mailbox.');
}
