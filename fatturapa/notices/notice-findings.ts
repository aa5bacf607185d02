// fatturapa: what is wrong with a notice, or odd about it, in words of our own.
import type { DocumentFinding, Sentence } from '../finding.ts';

const askAgain: Sentence = {
  it: "Aprire il file originale allegato alla PEC di SdI, senza copiarne il testo; se è rovinato anche quello, leggere l'esito nel portale Fatture e Corrispettivi.",
  en: "Open the original file attached to SdI's mail, not a copy of its text; if that is damaged too, look the outcome up on the portal Fatture e Corrispettivi.",
};

/** The file is no well-formed XML, or too large. */
export function unreadable(why: Sentence, at?: { line: number; column: number }): DocumentFinding {
  return {
    code: 'NOTICE_UNREADABLE',
    severity: 'error',
    ...at,
    message: { it: `La notifica non si può leggere: ${why.it}`, en: `The notice cannot be read: ${why.en}` },
    fix: { ...askAgain },
  };
}

/** The root is none of SdI's. */
export function unknownNotice(local: string, uri: string): DocumentFinding {
  const shown = uri === '' ? '' : ` (${uri})`;
  return {
    code: 'NOTICE_UNKNOWN',
    severity: 'error',
    line: 1,
    column: 1,
    value: local,
    message: {
      it: `La radice ${local}${shown} non è quella di una notifica di SdI.`,
      en: `The root ${local}${shown} is not that of a notice of SdI.`,
    },
    fix: {
      it: 'Indicare una notifica di SdI: un file come IT01234567890_00001_RC_001.xml.',
      en: 'Name a notice of SdI: a file such as IT01234567890_00001_RC_001.xml.',
    },
  };
}

/** An element without which the notice says nothing. */
export function incomplete(path: string, value: string | undefined): DocumentFinding {
  const isMissing = value === undefined || value.trim() === '';
  return {
    code: 'NOTICE_INCOMPLETE',
    severity: 'error',
    path,
    ...(isMissing ? {} : { value: value.slice(0, 100) }),
    message: isMissing
      ? {
          it: `Nella notifica manca ${path}: non si sa di che cosa parla.`,
          en: `The notice lacks ${path}: what it is about is unknown.`,
        }
      : {
          it: `Il valore di ${path} non è tra quelli previsti.`,
          en: `The value of ${path} is none of those that may stand there.`,
        },
    fix: { ...askAgain },
  };
}

/** Something that SdI's schema does not allow and that does not keep us from reading. */
export function odd(path: string, message: Sentence, value?: string): DocumentFinding {
  return {
    code: 'NOTICE_ODD',
    severity: 'warning',
    path,
    ...(value === undefined ? {} : { value: value.slice(0, 100) }),
    message: { ...message },
  };
}
