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
import { checkBound } from './read-document.ts';
import type { RequestIds } from './request-ids.ts';

const speak = speakAs('receiver');
const findingsMax = 50;

/** A file of notices as it was asked to be accepted. */
export interface NoticeToAccept {
  readonly bytes: Buffer;
  readonly fileName: string | undefined;
  readonly ids: RequestIds;
  /** The caller's name, for the audit fields. */
  readonly createdBy: string;
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

/** What concerns one file stays in order. */
function keyOf(notice: Notice): string {
  return 'fileName' in notice ? fileStem(notice.fileName).toLowerCase() : notice.sdiId;
}

/**
 * Accepts a file of notices: XML, p7m, or a zip of these; an invoice beside them in an archive (AT) is no trouble. An archive with
 * anything that cannot be opened, or is neither notice nor invoice, is refused whole, so that nothing of it is lost silently.
 * @param bus where to publish
 * @param asked what to accept
 * @param bytesMax the largest file, in bytes
 * @returns how many notices it holds
 * @throws HubError BODY_NOT_VALID with findings for what is no notice, DOCUMENT_TOO_LARGE; BUS_AWAY or DATABASE_AWAY where it cannot be kept
 */
export async function acceptNotice(bus: Bus, asked: NoticeToAccept, bytesMax: number): Promise<number> {
  const { bytes, fileName, ids, createdBy } = asked;
  checkBound(bytes.length, bytesMax);
  if (fileName !== undefined) insistOnFileName(fileName);
  const limits = { documentBytesMax: bytesMax, archiveBytesMax: bytesMax };
  const reading = readNotices(bytes, fileName === undefined ? { limits } : { limits, name: fileName });
  const [first] = reading.notices;
  const wrong = whatIsWrong(reading);
  if (wrong.length > 0 || !first) return refuse(wrong);
  const message = {
    file: bytes.toString('base64'),
    ...(fileName !== undefined && { fileName }),
    source: 'rest' as const,
    correlationId: ids.correlationId,
    createdBy,
  };
  await bus.publish([speak('sdiNotice', keyOf(first.notice), message, metaOf(ids))]);
  return reading.notices.length;
}
