// fatturapa: for whom a document is: what it says of its buyer, by which the customer that receives it is found.
import { envelopeOf, type Envelope } from './envelope.ts';
import { openFile } from './open/open-file.ts';
import { readDocument } from './read/read-document.ts';

/** What a document says of the one who receives it; each absent where the document does not say it. */
export interface Recipient {
  /** Country and VAT number together, in capitals, as `IT01234567897`. */
  vatNumber?: string;
  /** In capitals. */
  taxCode?: string;
  /** CodiceDestinatario, in capitals; the codes that name nobody (`0000000`, `XXXXXXX`, `999999`) are left out. */
  recipientCode?: string;
  /** PECDestinatario, in small letters. */
  pec?: string;
}

/** No channel of its own, a customer abroad, and the office of the bodies that have none (domain: routing by CodiceDestinatario). */
const nobodysCodes: ReadonlySet<string> = new Set(['0000000', 'XXXXXXX', '999999']);

function vatNumberOf({ idPaese = '', idCodice }: Envelope['customer']): string | undefined {
  if (idCodice === undefined) return undefined;
  const [country, code] = [idPaese, idCodice].map((text) => text.toUpperCase().replaceAll(/[\s.-]/g, '')) as [
    string,
    string,
  ];
  // Some programs write the country into the number once more.
  const itsOwn = country !== '' && country !== 'IT' && code.startsWith(country) && code.length > country.length + 4;
  return itsOwn ? code : `${country}${code}`;
}

function codeOf(code: string | undefined): string | undefined {
  const text = code?.toUpperCase();
  return text === undefined || nobodysCodes.has(text) ? undefined : text;
}

function present(recipient: { [K in keyof Recipient]: Recipient[K] | undefined }): Recipient {
  return Object.fromEntries(Object.entries(recipient).filter(([, text]) => text !== undefined)) as Recipient;
}

/**
 * Says for whom a document is. The first document counts where a file holds several: SdI forwards the files of an archive singly.
 * @param xml a FatturaPA document as it came, ordinary or simplified, also signed (p7m) or in base64
 * @returns undefined for what is no invoice; an empty object where the invoice names nobody
 */
export function recipientOf(xml: Uint8Array): Recipient | undefined {
  const [document] = openFile(xml).documents;
  const reading = document && readDocument(document.xml);
  if (!reading?.kind) return undefined;
  const { customer, codiceDestinatario, pecDestinatario } = envelopeOf(reading.kind, reading.partial);
  return present({
    vatNumber: vatNumberOf(customer),
    taxCode: customer.codiceFiscale?.toUpperCase(),
    recipientCode: codeOf(codiceDestinatario),
    pec: pecDestinatario?.toLowerCase(),
  });
}
