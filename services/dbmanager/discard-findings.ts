// dbmanager: the errors of SdI's discard as findings: SdI's code and text, our explanation, what to do. Pure.
import type { NoticeError } from '@staffetta/fatturapa/notices/notice.ts';
import { storableFindings } from '@staffetta/fatturapa/storable-findings.ts';
import type { Finding } from '@staffetta/flow/messages.ts';

const unknownCode = {
  says: { it: 'È un codice che non conosciamo.', en: 'It is a code that we do not know.' },
  fix: {
    it: 'Cercare il codice nell’elenco dei controlli di SdI (Specifiche tecniche, allegato B), correggere e inviare di nuovo.',
    en: 'Look the code up in the list of SdI’s checks, correct the invoice and send it again.',
  },
} as const;

function withSuggestion(fix: { it: string; en: string }, suggestion: string | undefined): { it: string; en: string } {
  // The sandbox's SdI suggests in our own words.
  if (suggestion === undefined || suggestion.trim() === '' || suggestion === fix.it) return { ...fix };
  return { it: `${fix.it} SdI suggerisce: ${suggestion}`, en: `${fix.en} SdI suggests: ${suggestion}` };
}

/**
 * Makes a finding of each error.
 * @param errors as the notice lists them
 * @param severity `error` where the discard holds, `warning` where it leaves the invoice as it is
 * @param file the file of an archive that was discarded
 */
export function discardFindings(
  errors: readonly NoticeError[],
  severity: Finding['severity'],
  file?: string,
): Finding[] {
  const findings = errors.map(({ code, description, suggestion, says, fix }): Finding => {
    const meaning = says ?? unknownCode.says;
    const isSame = description === meaning.it;
    return {
      code: code === '' ? 'SDI' : code,
      severity,
      ...(file !== undefined && { file }),
      message: {
        it: isSame
          ? `SdI ha scartato il file: ${meaning.it}`
          : `SdI ha scartato il file: “${description}”. ${meaning.it}`,
        en: isSame
          ? `SdI discarded the file: ${meaning.en}`
          : `SdI discarded the file: “${description}”. ${meaning.en}`,
      },
      fix: withSuggestion(fix ?? unknownCode.fix, suggestion),
    };
  });
  return storableFindings(findings).map((finding) => ({ ...finding, code: finding.code.toWellFormed().slice(0, 100) }));
}
