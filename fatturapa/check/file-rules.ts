// fatturapa: the checks on the file itself: its name and its size.
import { parseFileName } from '../file-name.ts';
import type { DocumentView } from './document-view.ts';
import { everyFormat, type Found, type Rule, type RuleContext } from './rule.ts';

/** SdI takes files up to 5 MiB on every channel (00003). */
const fileSizeMax = 5_242_880;

/** The checks on the file: they know name and size from the context. */
export const fileRules: readonly Rule<DocumentView>[] = [
  {
    code: '00001',
    formats: everyFormat,
    severity: 'error',
    where: 'file name',
    says: { it: 'Il nome del file non è valido.', en: 'The name of the file is not valid.' },
    fix: {
      it: "Chiamare il file con paese e codice fiscale di chi trasmette, «_», un progressivo da 1 a 5 lettere o cifre e l'estensione: IT01234567897_00001.xml (.xml.p7m se firmato CAdES, .zip se archivio).",
      en: 'Name the file by country and tax code of the transmitter, "_", a progressive of 1 to 5 letters or digits and the extension: IT01234567897_00001.xml (.xml.p7m if signed by CAdES, .zip for an archive).',
    },
    *find(_view, context): Iterable<Found> {
      if (context.fileName !== undefined && !parseFileName(context.fileName)) {
        yield { path: '', value: context.fileName };
      }
    },
  },
  {
    code: '00003',
    formats: everyFormat,
    severity: 'error',
    where: 'file size',
    says: { it: 'Il file è troppo grande.', en: 'The file is too large.' },
    fix: {
      it: 'Dividere il lotto in più file, oppure togliere o comprimere gli allegati.',
      en: 'Split the lot into several files, or drop or compress attachments.',
    },
    find: findTooLarge,
  },
];

function* findTooLarge(_view: DocumentView, context: RuleContext): Iterable<Found> {
  const { fileSize, fileSizeMax: most = fileSizeMax } = context;
  if (fileSize === undefined || fileSize <= most) return;
  yield {
    path: '',
    because: {
      it: `Ha ${fileSize} byte; SdI ne accetta al massimo ${most}.`,
      en: `It has ${fileSize} bytes; SdI takes at most ${most}.`,
    },
  };
}
