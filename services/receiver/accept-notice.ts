// receiver: accepts a file of SdI's own notices and puts it on sdiNotice as it came; it is kept once this returns.
import { boundFindings } from '@staffetta/fatturapa/bound-findings.ts';
import type { DocumentFinding } from '@staffetta/fatturapa/finding.ts';
import { fileStem } from '@staffetta/fatturapa/notices/notice-name.ts';
import type { Notice } from '@staffetta/fatturapa/notices/notice.ts';
import { readNotice } from '@staffetta/fatturapa/notices/read-notice.ts';
import {
  isInvoice,
  namedFindings,
  readNotices,
  type NoticesReading,
} from '@staffetta/fatturapa/notices/read-notices.ts';
import { storableFindings } from '@staffetta/fatturapa/storable-findings.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { speakAs } from '@staffetta/flow/events.ts';
import type { Bus } from '@staffetta/platform/bus/bus.ts';
import { insistOnFileName, metaOf } from './accept-invoice.ts';
import { judgeNotices, type JudgedNotices, type NoticePolicy } from './judge-notices.ts';
import { certifiedBy, mailboxName } from './certified-at.ts';
import { checkBound } from './read-document.ts';
import type { RequestIds } from './request-ids.ts';

const speak = speakAs('receiver');
const findingsMax = 50;

/** A file of notices as it was asked to be accepted. */
export interface NoticeToAccept {
  readonly bytes: Buffer;
  readonly fileName: string | undefined;
  /** When the mail that brought it was certified, ISO 8601; what is no instant, or is said by another than the mailbox, does not count. */
  readonly certifiedAt?: string | undefined;
  readonly ids: RequestIds;
  /** The caller's name, for the audit fields. */
  readonly createdBy: string;
}

/** What a file of notices must keep to. */
export interface NoticeRules {
  /** The largest file, in bytes. */
  readonly bytesMax: number;
  readonly signatures: NoticePolicy;
  /** When it came. */
  readonly at: Date;
}

/** A file that was accepted: how many notices it holds, and what became of their signatures. */
export interface AcceptedNotices extends JudgedNotices {
  readonly notices: number;
}

/**
 * Only what was read as a notice is stored. So a file that holds more than notices is refused where that may be a notice too: an envelope
 * or a file of an archive that cannot be opened, a document that is neither notice nor invoice. What is wrong with an invoice is no matter.
 */
function whatIsWrong({ notices, documents, findings }: NoticesReading): readonly DocumentFinding[] {
  const strangers = documents.filter(({ xml }) => !isInvoice(xml));
  const unread = notices.length + strangers.length > 0 ? strangers : documents.slice(0, 1);
  const all = [...findings, ...unread.flatMap((file) => namedFindings(readNotice(file.xml).findings, file))];
  return notices.length === 0 || all.some(({ severity }) => severity === 'error') ? all : [];
}

function refuse(found: readonly DocumentFinding[]): never {
  const findings = storableFindings(boundFindings(found, findingsMax));
  const why = found.find(({ severity }) => severity === 'error')?.message.en ?? 'it is empty.';
  throw new HubError('BODY_NOT_VALID', `The file cannot be taken as a notice of SdI: ${why}`, undefined, findings);
}

/** Under `require` only what SdI signed gets in. */
function judged({ notices }: NoticesReading, { signatures, at }: NoticeRules): JudgedNotices {
  const verdict = judgeNotices(notices, signatures, at);
  const isRefused = signatures.mode === 'require' && verdict.findings.some(({ severity }) => severity === 'error');
  return isRefused ? refuse(verdict.findings) : verdict;
}

/** What concerns one file stays in order. */
function keyOf(notice: Notice): string {
  return 'fileName' in notice ? fileStem(notice.fileName).toLowerCase() : notice.sdiId;
}

function cameOf({ createdBy, certifiedAt }: NoticeToAccept) {
  if (createdBy !== mailboxName) return { source: 'rest' } as const;
  return { source: 'mailbox', ...certifiedBy(createdBy, certifiedAt) } as const;
}

/**
 * Accepts a file of notices: XML, p7m, or a zip of these; an invoice beside them in an archive (AT) is no trouble. An archive with
 * anything that cannot be opened, or is neither notice nor invoice, is refused whole, so that nothing of it is lost silently.
 * @param bus where to publish
 * @param asked what to accept
 * @param rules the largest file, and whether SdI must have signed it
 * @returns how many notices it holds, and what became of their signatures
 * @throws HubError BODY_NOT_VALID with findings for what is no notice or not SdI's, DOCUMENT_TOO_LARGE; BUS_AWAY or DATABASE_AWAY where it cannot be kept
 */
export async function acceptNotice(bus: Bus, asked: NoticeToAccept, rules: NoticeRules): Promise<AcceptedNotices> {
  const { bytes, fileName, ids, createdBy } = asked;
  const { bytesMax } = rules;
  checkBound(bytes.length, bytesMax);
  if (fileName !== undefined) insistOnFileName(fileName);
  const limits = { documentBytesMax: bytesMax, archiveBytesMax: bytesMax };
  const reading = readNotices(bytes, fileName === undefined ? { limits } : { limits, name: fileName });
  const [first] = reading.notices;
  const wrong = whatIsWrong(reading);
  if (wrong.length > 0 || !first) return refuse(wrong);
  const verdict = judged(reading, rules);
  const { signature } = verdict;
  const message = {
    file: bytes.toString('base64'),
    ...(fileName !== undefined && { fileName }),
    ...cameOf(asked),
    ...(signature !== undefined && { signature }),
    correlationId: ids.correlationId,
    createdBy,
  };
  await bus.publish([speak('sdiNotice', keyOf(first.notice), message, metaOf(ids))]);
  return { ...verdict, notices: reading.notices.length };
}
