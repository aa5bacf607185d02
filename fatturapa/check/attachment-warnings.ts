// fatturapa: warnings on attachments, which SdI lets through as long as the file is not too large.
import { documentBytesMax } from '../document-bytes-max.ts';
import type { DocumentView } from './document-view.ts';
import type { OrdinaryBody } from './ordinary-body.ts';
import { everyFormat, type Found, type Rule } from './rule.ts';
import type { SimplifiedBody } from './simplified-body.ts';

/** Bytes of base64 that leave too little of SdI's 5 MB to invoice and signature: four fifths. */
const attachmentBytesMax = 0.8 * documentBytesMax;

/** As in `4,2 MB`, with a mega of 2^20 as in SdI's own limit. */
function megabytes(bytes: number): { it: string; en: string } {
  const text = (bytes / 1_048_576).toFixed(1);
  return { it: `${text.replace('.', ',')} MB`, en: `${text} MB` };
}

/** Base64 is ASCII, so that characters are bytes; all bodies lie in one file. */
function* largeAttachments({ bodies }: DocumentView): Iterable<Found> {
  let total = 0;
  let largest = { bytes: 0, path: '', name: '' };
  for (const [index, { Allegati = [] }] of bodies.entries()) {
    for (const [place, { Attachment, NomeAttachment }] of Allegati.entries()) {
      const bytes = Attachment.length;
      total += bytes;
      const path = `FatturaElettronicaBody[${index + 1}]/Allegati[${place + 1}]/Attachment`;
      if (bytes > largest.bytes) largest = { bytes, path, name: NomeAttachment };
    }
  }
  if (total <= attachmentBytesMax) return;
  const [all, most, one] = [megabytes(total), megabytes(documentBytesMax), megabytes(largest.bytes)];
  yield {
    path: largest.path,
    because: {
      it: `In base64 occupano ${all.it} su ${most.it}; il più grande è «${largest.name}» (${one.it}).`,
      en: `In base64 they take ${all.en} of ${most.en}; the largest is "${largest.name}" (${one.en}).`,
    },
  };
}

/** Warnings on all attachments of a file together. */
export const attachmentSizeWarnings: readonly Rule<DocumentView>[] = [
  {
    code: 'ATTACHMENTS_LARGE',
    formats: everyFormat,
    severity: 'warning',
    where: 'Allegati/Attachment',
    says: {
      it: 'Gli allegati occupano quasi tutto lo spazio che SdI concede a un file.',
      en: 'The attachments take nearly all the room that SdI gives to a file.',
    },
    fix: {
      it: 'Ridurre gli allegati (per esempio PDF a risoluzione più bassa, o compressi in zip) o consegnarli per altra via: oltre 5 MB in tutto SdI scarta il file (00003).',
      en: 'Shrink the attachments (for example PDF of a lower resolution, or packed as zip) or hand them over by other means: above 5 MB in all SdI refuses the file (00003).',
    },
    find: largeAttachments,
  },
];

/** Characters that no name of a file has on every system, and folders. */
const oddName = /[\\/:*?"<>|]|^\.|[\u0000-\u001f]/;

/** Warnings on attachments of either format. */
export const attachmentWarnings: readonly Rule<OrdinaryBody | SimplifiedBody>[] = [
  {
    code: 'ATTACHMENT_EMPTY',
    formats: everyFormat,
    severity: 'warning',
    where: 'Allegati/Attachment',
    says: { it: 'Un allegato è vuoto.', en: 'An attachment is empty.' },
    fix: { it: 'Allegare di nuovo il file, o togliere Allegati.', en: 'Attach the file again, or drop Allegati.' },
    *find({ body }): Iterable<Found> {
      for (const [index, { Attachment, NomeAttachment }] of (body.Allegati ?? []).entries()) {
        // Nothing that short is a file, and longer texts are not worth looking through for blanks.
        if (Attachment.length > 100 || Attachment.trim() !== '') continue;
        const because = { it: `È «${NomeAttachment}».`, en: `It is "${NomeAttachment}".` };
        yield { path: `Allegati[${index + 1}]/Attachment`, because };
      }
    },
  },
  {
    code: 'ATTACHMENT_NAME',
    formats: everyFormat,
    severity: 'warning',
    where: 'Allegati/NomeAttachment',
    says: {
      it: "Il nome di un allegato non basta per aprirlo: manca l'estensione, o contiene caratteri che i sistemi rifiutano.",
      en: 'The name of an attachment is not enough to open it: it has no extension, or characters that systems refuse.',
    },
    fix: {
      it: 'Dare al file un nome semplice con la sua estensione, per esempio contratto.pdf.',
      en: 'Give the file a plain name with its extension, for example contract.pdf.',
    },
    *find({ body }): Iterable<Found> {
      for (const [index, { NomeAttachment: value, FormatoAttachment }] of (body.Allegati ?? []).entries()) {
        const isPlain = value.includes('.') || FormatoAttachment !== undefined;
        if (!isPlain || oddName.test(value)) yield { path: `Allegati[${index + 1}]/NomeAttachment`, value };
      }
    },
  },
];
