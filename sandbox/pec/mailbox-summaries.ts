// sandbox: mailboxes and their mails as the page and its REST show them.
import { headerOf, readHeaders, textHeaderOf } from '@staffetta/fatturapa/mail/mail-headers.ts';
import { toPage } from '../pages.ts';
import type { Page, PageRequest } from '../pages.ts';
import type { BoxedMail, MailBox } from './mail-box.ts';

/** A mailbox. */
export interface MailBoxSummary {
  readonly address: string;
  readonly mails: number;
  readonly unseen: number;
  readonly bytes: number;
  readonly uidValidity: number;
  /** Told to be full. */
  readonly full: boolean;
}

/** A mail in a mailbox; texts are empty where the mail does not say. */
export interface BoxedMailSummary {
  readonly uid: number;
  /** When it came, ISO 8601 in UTC. */
  readonly at: string;
  readonly bytes: number;
  readonly seen: boolean;
  readonly from: string;
  readonly subject: string;
  readonly messageId: string;
  /** X-Ricevuta: which receipt of PEC it is. */
  readonly receipt: string;
  /** X-Riferimento-Message-ID: which mail it is about. */
  readonly aboutMessageId: string;
}

const headerBytesMax = 64 * 1024;

/** Sums a mailbox up. */
export function summaryOf(box: MailBox): MailBoxSummary {
  const { address, bytes, uidValidity, full } = box;
  const mails = box.mails();
  const unseen = mails.filter(({ flags }) => !flags.includes('s')).length;
  return { address, mails: mails.length, unseen, bytes, uidValidity, full };
}

/**
 * Lists a mailbox's mails, newest first.
 * @param box the mailbox
 * @param request which page
 */
export async function mailsOf(box: MailBox, request: PageRequest): Promise<Page<BoxedMailSummary>> {
  const page = toPage(box.mails().toReversed(), request);
  const content: BoxedMailSummary[] = [];
  // One after the other: mails may be large, and only their headers stay.
  for (const mail of page.content) content.push(await summaryOfMail(box, mail));
  return { ...page, content };
}

async function summaryOfMail(box: MailBox, { uid, at, bytes, flags }: BoxedMail): Promise<BoxedMailSummary> {
  const headers = readHeaders((await box.raw(uid)) ?? Buffer.alloc(0), headerBytesMax);
  return {
    uid,
    at: at.toISOString(),
    bytes,
    seen: flags.includes('s'),
    from: textHeaderOf(headers, 'from') ?? '',
    subject: textHeaderOf(headers, 'subject') ?? '',
    messageId: headerOf(headers, 'message-id') ?? '',
    receipt: headerOf(headers, 'x-ricevuta') ?? '',
    aboutMessageId: headerOf(headers, 'x-riferimento-message-id') ?? '',
  };
}
