// sender: the channel through a PEC mailbox: one file a mail, sent by SMTP, its sender the mailbox itself.
import { HubError } from '@staffetta/flow/errors.ts';
import type { Clock } from '@staffetta/platform/clock.ts';
import type { Channel, ChannelAnswer, ChannelFile } from './channel.ts';
import { composeMail, type ReceiptType } from './compose-mail.ts';
import { SmtpError } from './smtp/smtp-errors.ts';
import type { SmtpPool } from './smtp/smtp-pool.ts';

/** What a PEC channel is made of; read at each mail, so it may be a view of settings. */
export interface PecParts {
  /** From and envelope sender: providers refuse any other than the mailbox that logs in. */
  readonly mailbox: string;
  readonly pool: SmtpPool;
  readonly clock: Clock;
  /** Of the whole mail, as it goes out. */
  readonly mailBytesMax: number;
  readonly receiptType: ReceiptType;
}

/** RFC 5322 §3.6.4: the same again whenever the file is mailed again. */
function messageIdOf({ fileName, transmissionId }: Pick<ChannelFile, 'transmissionId' | 'fileName'>, mailbox: string) {
  return `<${fileName}.${transmissionId}@${mailbox.slice(mailbox.lastIndexOf('@') + 1)}>`;
}

function compose(file: ChannelFile, { mailbox, clock, receiptType }: PecParts): Buffer {
  const { fileName, content, correlationId, recipient } = file;
  try {
    return composeMail({
      from: mailbox,
      to: recipient,
      messageId: messageIdOf(file, mailbox),
      subject: fileName,
      date: clock.now(),
      correlationId,
      receiptType,
      fileName,
      content,
      contentType: 'application/octet-stream',
      text: `In allegato il file ${fileName}.\r\n`,
    });
  } catch (error) {
    // The same parts would fail again, so that trying again would only hide it.
    throw new HubError('MESSAGE_NOT_READABLE', error instanceof Error ? error.message : String(error), error);
  }
}

const answers = { permanent: 'refused', temporary: 'notNow', uncertain: 'unsure' } as const;

function answerOn(error: unknown): ChannelAnswer {
  if (!(error instanceof SmtpError)) throw error;
  if (error.kind === 'unreachable') throw new HubError('MAIL_SERVER_AWAY', error.message, error);
  return { kind: answers[error.kind], words: error.message };
}

function tooLarge(fileName: string, bytes: number, bytesMax: number): ChannelAnswer {
  const words = `The mail with ${fileName} would have ${bytes} bytes, and ${bytesMax} are allowed (MAIL_BYTES_MAX); nothing went out.`;
  return { kind: 'refused', words };
}

/**
 * Makes the channel of a mailbox.
 * @param parts its mailbox, its connections and how its mails are written
 */
export function createPecChannel(parts: PecParts): Channel {
  const { mailbox, pool } = parts;
  return {
    name: mailbox,
    referenceOf: (file) => messageIdOf(file, mailbox),
    async send(file, begin) {
      const raw = compose(file, parts);
      const { mailBytesMax } = parts;
      if (raw.length > mailBytesMax) return tooLarge(file.fileName, raw.length, mailBytesMax);
      return pool
        .send({ from: mailbox, to: [file.recipient], raw }, begin)
        .then(({ response }): ChannelAnswer => ({ kind: 'taken', words: response }), answerOn);
    },
    verify: () => pool.verify(),
    close: (graceMs) => pool.close(graceMs),
  };
}
