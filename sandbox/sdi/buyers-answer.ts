// sandbox: what SdI makes of a public body's answer (EC) to an invoice that it brought to it.
import { parseFileName } from '@staffetta/fatturapa/file-name.ts';
import { parseNoticeName } from '@staffetta/fatturapa/notices/notice-name.ts';
import type { BuyersAnswer } from '@staffetta/fatturapa/notices/notice.ts';
import { readNotices } from '@staffetta/fatturapa/notices/read-notices.ts';
import type { SdiArchive } from './sdi-archive.ts';
import type { ArrivedFile } from './sdi-mail.ts';
import type { BuyersAnswerRecord, SdiFile } from './sdi-records.ts';

const termMs = 15 * 86_400_000;

/**
 * Whether a file is an answer, or means to be one.
 * @param file as it came; what has an invoice's name is none
 */
export function isBuyersAnswer({ fileName, bytes }: ArrivedFile): boolean {
  if (parseNoticeName(fileName)?.kind === 'EC') return true;
  if (parseFileName(fileName)) return false;
  return readNotices(bytes, { name: fileName }).notices.some(({ notice }) => notice.kind === 'EC');
}

type Verdict = Pick<BuyersAnswerRecord, 'verdict' | 'why'>;

const refused = (why: string): Verdict => ({ verdict: 'EN01', why });

function isAbout(answer: BuyersAnswerRecord, { invoice }: BuyersAnswer): boolean {
  const isOfWholeFile = answer.number === undefined || invoice === undefined;
  return isOfWholeFile || (answer.number === invoice.number && answer.year === invoice.year);
}

function hasInvoice(file: SdiFile, { invoice }: BuyersAnswer): boolean {
  if (!invoice) return true;
  const bodies =
    invoice.position === undefined ? file.bodies : file.bodies.slice(invoice.position - 1, invoice.position);
  return bodies.some(({ number, year }) => number === invoice.number && year === invoice.year);
}

function judged(notice: BuyersAnswer, { from, at }: ArrivedFile, archive: SdiArchive): Verdict {
  const file = archive.file(notice.sdiId);
  const isTheirs = file?.way === 'delivered' && file.mailbox.toLowerCase() === from.toLowerCase();
  if (!file || !isTheirs) return refused(`no invoice ${notice.sdiId} was brought to this mailbox`);
  if (file.family !== 'PA') return refused('the invoice is not to a public body');
  if (!hasInvoice(file, notice)) return refused('the reference is to no invoice of the file');
  if (at.getTime() > Date.parse(file.at) + termMs) return refused('more than 15 days have passed since it was brought');
  const before = archive.buyersAnswers().filter((one) => one.sdiId === file.sdiId && one.verdict === 'taken');
  if (before.some((one) => isAbout(one, notice))) return refused('this invoice was answered before');
  return { verdict: 'taken' };
}

function saidBy({ sdiId, outcome, description, invoice, buyersMessageId }: BuyersAnswer) {
  return {
    sdiId,
    esito: outcome,
    ...(description !== undefined && { reason: description }),
    ...(invoice && { number: invoice.number, year: invoice.year }),
    ...(invoice?.position !== undefined && { position: invoice.position }),
    ...(buyersMessageId !== undefined && { buyersMessageId }),
  };
}

/**
 * Judges an answer. Nothing throws.
 * @param file as it came
 * @param archive what SdI brought to whom, and what was answered before
 */
export function judgeBuyersAnswer(file: ArrivedFile, archive: SdiArchive): BuyersAnswerRecord {
  const base = { name: file.fileName, mailbox: file.from, at: file.at.toISOString() };
  const { notices, findings } = readNotices(file.bytes, { name: file.fileName });
  const notice = notices.map((found) => found.notice).find((each) => each.kind === 'EC');
  const [doubt] = findings;
  const known = archive.deliveredAs(parseNoticeName(file.fileName)?.stem ?? '');
  const byName = known && { sdiId: known.sdiId };
  if (!notice) return { ...base, ...byName, verdict: 'EN00', why: doubt?.message.en ?? 'the file is no answer' };
  const said = saidBy(notice);
  // SdI takes only what its schema allows, where our reader is content with less.
  if (doubt) return { ...base, ...said, verdict: 'EN00', why: doubt.message.en };
  return { ...base, ...said, ...judged(notice, file, archive) };
}
