// fatturapa: the attachments of a document: listed on its sheet, and taken out of it one by one.
import { attachmentTypeOf } from './attachment-type.ts';
import { writeSize } from './figures.ts';
import type { Loose, LooseBody, ShownDocument } from './loose.ts';
import { plainText } from './plain-text.ts';
import type { Allegati } from '../schema/allegati.ts';
import type { AttachmentItem, AttachmentsSection } from './sheet.ts';
import { columnsOf, joined, listOf, type Voice } from './voice.ts';

type Attached = Loose<Allegati>;

/** A file taken out of a document. */
export interface Attachment {
  /** A name without folders, controls or marks that a file system or a header would read otherwise. */
  readonly name: string;
  /** As its first bytes tell it; never a type that a browser runs. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** How many bytes base64 text stands for (RFC 4648 §4), blanks not counted; the text is not decoded. */
function decodedSize(base64: string): number {
  let letters = 0;
  for (let at = 0; at < base64.length; at++) {
    const code = base64.charCodeAt(at);
    if (code > 0x20 && code !== 0x3d) letters++;
  }
  return Math.floor((letters * 3) / 4);
}

/** Enough of the file to tell its type, without decoding megabytes. */
function startOf(base64: string): Uint8Array {
  return Buffer.from(base64.slice(0, 1600), 'base64');
}

function contentOf(attached: Attached): string {
  return typeof attached.Attachment === 'string' ? attached.Attachment : '';
}

/**
 * Makes a name for a file of a document that is safe to save under: no folders, no device names, at most 120 characters.
 * @param name as the document gives it
 * @param index the attachment's number, for one that has no name
 */
export function safeFileName(name: string | undefined, index: number): string {
  const plain = plainText(name ?? '').replaceAll(/[/\\:*?"<>|\ufffd]+/g, '_');
  const trimmed = [...plain.replaceAll(/^[\s.]+|[\s.]+$/g, '')].slice(-120).join('');
  if (trimmed === '') return `allegato-${index}`;
  return /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(trimmed) ? `_${trimmed}` : trimmed;
}

function bodiesOf(shown: ShownDocument): readonly { readonly Allegati?: readonly Attached[] | undefined }[] {
  return listOf<{ readonly Allegati?: readonly Attached[] | undefined }>(shown.document.FatturaElettronicaBody);
}

function itemOf(voice: Voice, attached: Attached, index: number): AttachmentItem {
  const content = contentOf(attached);
  const packed = voice.text(attached.AlgoritmoCompressione);
  const format = voice.text(attached.FormatoAttachment);
  return {
    index,
    name: safeFileName(attached.NomeAttachment, index),
    description: voice.text(attached.DescrizioneAttachment),
    type: joined([format || attachmentTypeOf(startOf(content)), packed && `${packed} (${voice.say('packed')})`], ', '),
    size: writeSize(decodedSize(content), voice.lang),
  };
}

/**
 * Lists the attachments of one body.
 * @param voice the language
 * @param body the body
 * @param before how many attachments the bodies before it have
 */
export function attachmentsOf(voice: Voice, body: Pick<LooseBody, 'Allegati'>, before: number): AttachmentsSection[] {
  const items = listOf(body.Allegati).map((attached, at) => itemOf(voice, attached, before + at + 1));
  if (items.length === 0) return [];
  const columns = columnsOf(voice, [
    ['file', 36],
    ['description', 36],
    ['format', 18],
    ['size', 12, 'end'],
  ]);
  return [{ kind: 'attachments', id: 'attachments', title: voice.say('attachments'), columns, items }];
}

/**
 * Counts the attachments of a document.
 * @param shown the document
 */
export function attachmentsIn(shown: ShownDocument): number {
  return bodiesOf(shown).reduce((count, body) => count + listOf(body.Allegati).length, 0);
}

/**
 * Takes one attachment out of a document.
 * @param shown the document
 * @param index from 1, counted over all bodies
 * @returns undefined where there is none of that number
 */
export function attachmentOf(shown: ShownDocument, index: number): Attachment | undefined {
  const attached = bodiesOf(shown).flatMap((body) => listOf(body.Allegati))[index - 1];
  if (!attached) return undefined;
  const bytes = Buffer.from(contentOf(attached), 'base64');
  return { name: safeFileName(attached.NomeAttachment, index), type: attachmentTypeOf(bytes), bytes };
}
