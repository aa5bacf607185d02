// fatturapa: stamp duty (imposta di bollo) on documents with amounts outside VAT: whether it is due, and as what it stands.
import type { BodyDraft, Wishes } from './draft.ts';
import { amount2, exact, sum, type Exact } from './figures.ts';
import { decimalOf, type LineDraft } from './reckon-lines.ts';

/** What a document bears: DPR 642/72, tariff, art. 13. */
export const stampDutyAmount: Exact = exact('2.00');

/** Up to here amounts outside VAT bear none (77.47 EUR, once 150,000 lire). */
export const stampDutyFrom: Exact = exact('77.47');

/** Why a line bears no VAT → it counts towards stamp duty. Exports (N3.1, N3.2, N3.3, N3.4), N5, N6 and N7 are exempt from it. */
const bearing = new Set(['N2.1', 'N2.2', 'N3.5', 'N3.6', 'N4']);

/** Kinds of document that bear it by themselves (AdE's list B); on a credit note it is the sender's to say. */
const bearingTypes = new Set(['TD01', 'TD02', 'TD03', 'TD05', 'TD06', 'TD07', 'TD09', 'TD24', 'TD25']);

/** By these words in AltriDatiGestionali a line says why the document bears none. */
const excuses = new Set(['NB1', 'NB2', 'NB3']);

/** Whether a kind of document bears stamp duty at all. */
export function bearsStampDuty(documentType: string | undefined): boolean {
  return bearingTypes.has(documentType ?? '');
}

function isExcused(lines: readonly LineDraft[]): boolean {
  return lines.some(({ AltriDatiGestionali }) =>
    AltriDatiGestionali?.some(({ TipoDato }) => excuses.has(TipoDato ?? '')),
  );
}

/**
 * Whether amounts outside VAT are enough for stamp duty.
 * @param amounts each with its Natura
 */
export function isStampDutyDue(
  amounts: readonly { readonly nature: string | undefined; readonly amount: Exact }[],
): boolean {
  const counted = amounts.filter(({ nature }) => nature !== undefined && bearing.has(nature));
  return sum(counted.map(({ amount }) => amount))
    .abs()
    .gt(stampDutyFrom);
}

function dutyOf(body: BodyDraft, wishes: Wishes): Exact | undefined {
  if (wishes.stampDuty === 'none') return undefined;
  if (wishes.stampDuty !== 'auto') return wishes.stampDuty.gt(0) ? wishes.stampDuty : undefined;
  const general = body.DatiGenerali?.DatiGeneraliDocumento;
  const lines = body.DatiBeniServizi?.DettaglioLinee ?? [];
  const due = isStampDutyDue([
    ...lines.map(({ Natura, PrezzoTotale }) => ({ nature: Natura, amount: decimalOf(PrezzoTotale) })),
    ...(general?.DatiCassaPrevidenziale ?? []).map(({ Natura, ImportoContributoCassa }) => ({
      nature: Natura,
      amount: decimalOf(ImportoContributoCassa),
    })),
  ]);
  return due && bearsStampDuty(general?.TipoDocumento) && !isExcused(lines) ? stampDutyAmount : undefined;
}

function dutyLine(duty: Exact, number: number): LineDraft {
  return {
    NumeroLinea: String(number),
    Descrizione: 'Imposta di bollo',
    PrezzoUnitario: amount2(duty),
    PrezzoTotale: amount2(duty),
    AliquotaIVA: '0.00',
    Natura: 'N1',
  };
}

/**
 * Fills in DatiBollo where it is due and the draft says nothing, with a line that charges it where that is wanted.
 * @param body with lines and funds reckoned; not yet summed up
 * @param wishes whether, how much, and who bears it
 */
export function fillStampDuty(body: BodyDraft, wishes: Wishes): void {
  const general = body.DatiGenerali?.DatiGeneraliDocumento;
  const lines = body.DatiBeniServizi?.DettaglioLinee;
  if (!general || !lines || general.DatiBollo !== undefined) return;
  const duty = dutyOf(body, wishes);
  if (!duty) return;
  general.DatiBollo = { BolloVirtuale: 'SI', ImportoBollo: amount2(duty) };
  if (wishes.chargeStampDuty) lines.push(dutyLine(duty, lines.length + 1));
}
