// fatturapa: who signed a document, when, and whether it holds, in sentences for its sheet.
import type { Sentence } from '../finding.ts';
import type { SignatureVerdict, SignerVerdict } from '../signature/signature-verdict.ts';
import { writeMoment } from './figures.ts';
import type { Lang } from './sheet.ts';

// The Swedish form of a wall time is ISO 8601 but for its blank.
const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Rome', dateStyle: 'short', timeStyle: 'short' });

function momentOf(instant: Date, lang: Lang): string {
  return writeMoment(clock.format(instant).replace(' ', 'T'), lang);
}

function nameOf({ name, organization, taxCode }: SignerVerdict): string {
  const who = name ?? organization ?? '?';
  return taxCode === undefined ? who : `${who} (${taxCode})`;
}

function stateOf({ valid, trusted }: SignerVerdict, onlyExpired: boolean): Sentence {
  if (!valid && onlyExpired) {
    return {
      it: 'la firma è integra, ma il certificato era scaduto alla data di questa verifica',
      en: 'the signature is intact, but its certificate had expired at the time of this verification',
    };
  }
  if (!valid) return { it: 'la firma NON è valida', en: 'the signature is NOT valid' };
  if (trusted) return { it: 'la firma è valida', en: 'the signature is valid' };
  return {
    it: 'la firma è integra; l’ente che ha emesso il certificato non è stato verificato',
    en: 'the signature is intact; the authority behind its certificate was not verified',
  };
}

function noteOf({ form, findings }: SignatureVerdict, signer: SignerVerdict): Sentence {
  const who = nameOf(signer);
  const { signedAt } = signer;
  const errors = findings.filter(({ severity }) => severity === 'error');
  const state = stateOf(
    signer,
    errors.every(({ code }) => code === '00100'),
  );
  const role =
    signer.role === 'countersigner' ? { it: 'Controfirma', en: 'Countersignature' } : { it: 'Firma', en: 'Signature' };
  return {
    it: `${role.it} ${form} di ${who}${signedAt ? ` del ${momentOf(signedAt, 'it')}` : ''}: ${state.it}.`,
    en: `${role.en} (${form}) by ${who}${signedAt ? ` of ${momentOf(signedAt, 'en')}` : ''}: ${state.en}.`,
  };
}

/**
 * Says who signed, one sentence per signer, and then what is wrong, if anything.
 * @param verdicts one for each envelope and for the document itself, outermost first
 * @returns nothing where nobody signed; times are Europe/Rome
 */
export function signatureNotes(verdicts: readonly SignatureVerdict[]): Sentence[] {
  return verdicts.flatMap((verdict) => [
    ...verdict.signers.map((signer) => noteOf(verdict, signer)),
    ...verdict.findings.map(({ code, message }) => ({ it: `${code}: ${message.it}`, en: `${code}: ${message.en}` })),
  ]);
}
