// fatturapa: attached files of the shorter shape as blocks of the model.
import type { BodyDraft } from './draft.ts';
import { listOf } from './list-of.ts';
import type { ShortAttachment, ShortInvoice } from './short-invoice.ts';

/**
 * Makes the blocks of attached files, which all formats share (Allegati).
 * @param attachments as the shorter shape has them; their base64 may be broken into lines, the XML's is not
 */
export function attachmentsOf(attachments: ShortInvoice['attachments']): BodyDraft['Allegati'] {
  return listOf<ShortAttachment>(attachments)?.map(({ name, format, description, content }) => ({
    NomeAttachment: name,
    FormatoAttachment: format,
    DescrizioneAttachment: description,
    Attachment: content.replaceAll(/\s+/g, ''),
  }));
}
