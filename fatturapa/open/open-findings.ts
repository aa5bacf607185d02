// fatturapa: what is said of files that cannot be opened, or only with a doubt: one row per reason.
import type { SentenceDetails } from '../fill-sentence.ts';
import { findingOfRow, type FindingRow } from '../finding-row.ts';
import type { DocumentFinding, Sentence } from '../finding.ts';

const resend: Sentence = {
  it: 'Firmare di nuovo il file XML originale e caricarlo come file binario, senza aprirlo con editor di testo.',
  en: 'Sign the original XML file again and hand it in as a binary file, without opening it in a text editor.',
};
const repack: Sentence = {
  it: "Creare di nuovo l'archivio zip, senza password, con i soli file delle fatture.",
  en: 'Make the zip archive again, without a password, with nothing but the invoice files.',
};
const rename: Sentence = {
  it: 'Dare a ogni file un nome come IT01234567890_FPR01.xml, senza cartelle.',
  en: 'Give each file a name like IT01234567890_FPR01.xml, without folders.',
};
const renameFile: Sentence = {
  it: 'Correggere il nome: .xml per un file non firmato o con firma XAdES, .xml.p7m con firma CAdES, .zip per un archivio.',
  en: 'Correct the name: .xml for a file without signature or with XAdES, .xml.p7m with CAdES, .zip for an archive.',
};
const shrink: Sentence = { it: 'Dividere il lotto o togliere allegati.', en: 'Split the lot or drop attachments.' };
const unwrap: Sentence = {
  it: 'Consegnare il file XML con una sola busta di firma.',
  en: 'Hand in the XML file in one signature envelope.',
};

const rows = {
  empty: {
    code: '00106',
    severity: 'error',
    it: 'Il file è vuoto.',
    en: 'The file is empty.',
    fix: { it: 'Consegnare il file della fattura.', en: 'Hand in the file of the invoice.' },
  },
  emptyContent: {
    code: '00106',
    severity: 'error',
    it: 'La busta di firma è integra nella forma, ma non contiene alcun documento.',
    en: 'The signature envelope is well-formed but holds no document.',
    fix: resend,
  },
  emptyArchive: {
    code: '00106',
    severity: 'error',
    it: "L'archivio zip non contiene file.",
    en: 'The zip archive holds no files.',
    fix: repack,
  },
  tooLarge: {
    code: '00003',
    severity: 'error',
    it: 'Il file ha {bytes} byte: SdI ne accetta al massimo {max}.',
    en: 'The file has {bytes} bytes: SdI takes at most {max}.',
    fix: shrink,
  },
  base64: {
    code: '00106',
    severity: 'error',
    it: 'Il file è codificato in base64 ma è danneggiato al byte {at}.',
    en: 'The file is base64 but damaged at byte {at}.',
    fix: resend,
  },
  garbled: {
    code: '00102',
    severity: 'error',
    it: 'Il file firmato è stato trattato come testo e ricodificato: i suoi byte sono cambiati e la firma non si può più leggere.',
    en: 'The signed file was taken for text and encoded anew: its bytes have changed and the signature cannot be read any more.',
    fix: resend,
  },
  broken: {
    code: '00102',
    severity: 'error',
    it: 'La busta di firma (p7m) è danneggiata o incompleta: non si può leggere.',
    en: 'The signature envelope (p7m) is damaged or incomplete: it cannot be read ({detail}).',
    fix: resend,
  },
  type: {
    code: '00102',
    severity: 'error',
    it: 'Il file è una busta crittografica di un altro tipo ({detail}), non un documento firmato: forse è cifrato o solo marcato temporalmente.',
    en: 'The file is a cryptographic envelope of another type ({detail}), not a signed document: perhaps encrypted or only time-stamped.',
    fix: resend,
  },
  detached: {
    code: '00102',
    severity: 'error',
    it: 'La firma è separata (detached): la busta non contiene il documento.',
    en: 'The signature is detached: the envelope does not hold the document.',
    fix: {
      it: 'Firmare in modalità CAdES con il documento incluso (.xml.p7m).',
      en: 'Sign as CAdES with the document inside (.xml.p7m).',
    },
  },
  depth: {
    code: 'TOO_DEEP',
    severity: 'error',
    it: "Il documento è chiuso in più di {max} buste, una dentro l'altra.",
    en: 'The document lies in more than {max} envelopes, one inside the other.',
    fix: unwrap,
  },
  trailing: {
    code: 'TRAILING_BYTES',
    severity: 'warning',
    it: 'Dopo la busta di firma seguono {bytes} byte che nessuna firma copre: sono stati ignorati.',
    en: 'Behind the signature envelope follow {bytes} bytes that no signature covers: they were passed over.',
    fix: resend,
  },
  archive: {
    code: '00106',
    severity: 'error',
    it: "L'archivio zip è danneggiato o incompleto: non si può aprire.",
    en: 'The zip archive is damaged or incomplete: it cannot be opened ({detail}).',
    fix: repack,
  },
  entries: {
    code: 'ARCHIVE_LIMIT',
    severity: 'error',
    it: "L'archivio elenca {detail} file: al massimo {max}.",
    en: 'The archive lists {detail} files: at most {max}.',
    fix: { it: 'Dividere i file in più archivi.', en: 'Spread the files over several archives.' },
  },
  inflated: {
    code: 'ARCHIVE_LIMIT',
    severity: 'error',
    it: "I file dell'archivio superano insieme {max} byte: questo file e i seguenti non sono stati aperti.",
    en: 'The files of the archive exceed {max} bytes together: this file and those after it were not opened.',
    fix: { it: 'Dividere i file in più archivi.', en: 'Spread the files over several archives.' },
  },
  ratio: {
    code: 'ARCHIVE_LIMIT',
    severity: 'error',
    it: 'Il file è compresso più di {max} volte, come nessuna fattura: non è stato aperto.',
    en: 'The file is packed more than {max} times, as no invoice is: it was not opened.',
    fix: repack,
  },
  encrypted: {
    code: '00106',
    severity: 'error',
    it: "Il file nell'archivio è protetto da password.",
    en: 'The file in the archive is protected by a password.',
    fix: repack,
  },
  method: {
    code: '00106',
    severity: 'error',
    it: "Il file nell'archivio è compresso con un metodo ({detail}) che SdI non apre.",
    en: 'The file in the archive is packed with a method ({detail}) that SdI does not open.',
    fix: repack,
  },
  corrupt: {
    code: '00106',
    severity: 'error',
    it: "Il file nell'archivio è danneggiato: il contenuto non corrisponde a quanto l'archivio dichiara.",
    en: 'The file in the archive is damaged: its content is not what the archive says ({detail}).',
    fix: repack,
  },
  unsafeName: {
    code: '00001',
    severity: 'error',
    it: "Il nome del file nell'archivio non è ammesso.",
    en: 'The name of the file in the archive is not allowed.',
    fix: rename,
  },
  sameName: {
    code: '00002',
    severity: 'error',
    it: "L'archivio contiene due file con lo stesso nome; è stato aperto solo il primo.",
    en: 'The archive holds two files of the same name; only the first was opened.',
    fix: rename,
  },
  litter: {
    code: 'ARCHIVE_LITTER',
    severity: 'warning',
    it: "Il file è stato aggiunto all'archivio dal sistema operativo e non è una fattura: è stato ignorato.",
    en: 'The operating system added this file to the archive; it is no invoice and was passed over.',
    fix: repack,
  },
  nestedArchive: {
    code: '00106',
    severity: 'error',
    it: 'Un archivio zip sta dentro un altro archivio o dentro una busta di firma: SdI accetta solo archivi non firmati di singole fatture.',
    en: 'A zip archive lies inside another archive or a signature envelope: SdI only takes unsigned archives of single invoices.',
    fix: {
      it: 'Mettere le singole fatture, ciascuna firmata se serve, in un solo archivio zip non firmato.',
      en: 'Put the single invoices, each signed where needed, into one unsigned zip archive.',
    },
  },
  notSigned: {
    code: 'FILE_KIND',
    severity: 'warning',
    it: 'Il nome finisce in .p7m ma il file non è in una busta di firma.',
    en: 'The name ends in .p7m but the file is in no signature envelope.',
    fix: renameFile,
  },
  signed: {
    code: 'FILE_KIND',
    severity: 'warning',
    it: 'Il nome non finisce in .p7m ma il file è in una busta di firma.',
    en: 'The name does not end in .p7m but the file is in a signature envelope.',
    fix: renameFile,
  },
} as const satisfies Record<string, FindingRow>;

/** Why a file cannot be opened, or what is doubtful about it. */
export type OpenReason = keyof typeof rows;

/**
 * Makes the finding for a reason; codes are SdI's (00001–00003, 00102, 00106) or words of ours where SdI has no number.
 * @param reason what is wrong
 * @param details what the sentence names
 * @param file its name, where it lies in an archive
 */
export function openFinding(reason: OpenReason, details: SentenceDetails = {}, file?: string): DocumentFinding {
  const { code, severity, ...said } = findingOfRow(rows[reason], details);
  return { code, severity, ...(file === undefined ? {} : { file }), ...said };
}
