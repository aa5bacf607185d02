// sender: the step alone with a mail server's answers made by hand, and rows of the ledger, for its tests.
import { HubError } from '@staffetta/flow/errors.ts';
import { liveSettings } from '@staffetta/platform/config/live-settings.ts';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import type { World } from '@staffetta/platform/service.ts';
import { registerInstance, type LiveInstance } from '@staffetta/platform/store/live-instances.ts';
import { settings } from './config.ts';
import { MailsInHand } from './mails-in-hand.ts';
import type { Mail } from './mails.ts';
import { mailInvoices } from './on-outgoing-invoice.ts';
import type { Outgoing } from './outgoing-file.ts';
import { createMailRecorder } from './record-mails.ts';
import { openMailboxes } from './sending-mailboxes.ts';
import type { SmtpMail, SmtpReceipt } from './smtp/smtp-connection.ts';
import type { SmtpPool } from './smtp/smtp-pool.ts';
import { showSmtpUrl } from './smtp/smtp-url.ts';

/** A mail that reached a mail server. */
export interface MailedFile {
  readonly fileName: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  /** The mail server, as `smtp://host:port`. */
  readonly server: string;
}

/** What a mail server answers, or how it fails (an `SmtpError`). */
export type Answer = (fileName: string, mail: MailedFile) => Promise<SmtpReceipt>;

/** A sender's step that runs as if in a process of its own. */
export interface Sending {
  /** What reached a mail server, in order. */
  readonly mailed: MailedFile[];
  /** Hands invoices over; gives those that failed. */
  readonly run: (...batch: Outgoing[]) => Promise<readonly { readonly event: Outgoing; readonly error: unknown }[]>;
  /** Changes settings, as a configuration server does; those that are not named are as they were at the start. */
  readonly change: (environment: Readonly<Record<string, string>>) => void;
  /** As if the process were killed: what it held is free again. */
  readonly kill: () => Promise<void>;
}

const noSignal = new AbortController().signal;
const instances = new Set<LiveInstance>();

async function end(instance: LiveInstance): Promise<void> {
  if (instances.delete(instance)) await instance.close();
}

/** Ends all that `sendingWith` began; before the world ends. */
export async function endSendings(): Promise<void> {
  for (const instance of instances) await end(instance);
}

/**
 * Makes a step whose mail servers answer as told.
 * @param world its tables are there
 * @param answerOf the answers
 * @param environment settings by their environment names
 */
export async function sendingWith(
  world: World,
  answerOf: Answer,
  environment: Readonly<Record<string, string>> = {},
): Promise<Sending> {
  const defaults = { SMTP_URL: 'smtp://mail.invalid:25', SENDER_SEND_WAIT: '10m' };
  const read = (changes: Readonly<Record<string, string>>) =>
    readSettings(settings, { ...defaults, ...environment, ...changes });
  const live = liveSettings(settings, read({}));
  const { values } = live;
  const mailed: MailedFile[] = [];
  const mailboxes = openMailboxes(world, values, (url) => {
    const send: SmtpPool['send'] = async ({ raw, from, to }: SmtpMail, begin) => {
      const text = raw.toString();
      await begin?.();
      const fileName = /Subject: (.*)\r\n/.exec(text)?.[1] ?? '';
      const mail = { fileName, from, to, raw: text, server: showSmtpUrl(url) };
      mailed.push(mail);
      return answerOf(fileName, mail);
    };
    return { send, verify: async () => undefined, close: async () => undefined } as unknown as SmtpPool;
  });
  const instance: LiveInstance = await registerInstance(world.store, 'a sender');
  instances.add(instance);
  const step = mailInvoices({
    world,
    values,
    mailboxes,
    recorder: createMailRecorder(world),
    inHand: new MailsInHand(),
    instance,
    closing: noSignal,
    unnoted: new Map<string, Mail>(),
  });
  return {
    mailed,
    run: async (...batch) => (await step(batch, noSignal)) ?? [],
    change: (changes) => void live.offer(read(changes)),
    kill: () => end(instance),
  };
}

/** What each file failed with: the kind of the error, or `later` where it only has to wait. */
export function kindsOf(
  failed: readonly { readonly event: Outgoing; readonly error: unknown }[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    failed.map(({ event, error }) => {
      const kind = error instanceof HubError ? error.kind : String(error);
      return [
        event.message.transmission.fileName,
        error instanceof HubError && 'againAfterMs' in error ? 'later' : kind,
      ];
    }),
  );
}

/** A row of the ledger. */
export function mailRow(changes: Partial<Mail> = {}): Mail {
  return {
    transmissionId: uuidv7(),
    invoiceId: uuidv7(),
    fileName: 'A.xml',
    messageId: '<a@b>',
    state: 'sent',
    tries: 1,
    response: '250 taken',
    correlationId: 'c',
    lastAt: new Date('2026-11-25T10:00:00Z'),
    mailbox: 'fatture@staffetta.example',
    recipient: 'sdi01@pec.fatturapa.it',
    customerId: 2,
    invoiceNumber: 7,
    unsureAt: null,
    ...changes,
  };
}
