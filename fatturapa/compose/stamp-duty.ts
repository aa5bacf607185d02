// fatturapa: stamp duty (imposta di bollo) on documents with amounts outside VAT: whether it is due, and as what it stands.
import { isStampExcused, stampDutyAmount, stampedNaturas, stampedTypes, stampFreeMax } from '../stamp-duty-law.ts';
import type { BodyDraft, Wishes } from './draft.ts';
import { amount2, exact, sum, type Exact } from './figures.ts';
import { decimalOf, type LineDraft } from './reckon-lines.ts';

/** What a document bears. */
export const usualStampDuty: Exact = exact(stampDutyAmount);

const freeMax = exact(stampFreeMax);

/** Whether a kind of document bears stamp duty at all. */
export function bearsStampDuty(documentType: string | undefined): boolean {
  return stampedTypes.has(documentType ?? '');
}

/**
 * Whether amounts outside VAT are enough for stamp duty.
 * @param amounts each with its Natura
 */
export function isStampDutyDue(
  amounts: readonly { readonly nature: string | undefined; readonly amount: Exact }[],
): boolean {
  const counted = amounts.filter(({ nature }) => nature !== undefined && stampedNaturas.has(nature));
  return sum(counted.map(({ amount }) => amount)).gt(freeMax);
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
  return due && bearsStampDuty(general?.TipoDocumento) && !isStampExcused(lines) ? usualStampDuty : undefined;
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
