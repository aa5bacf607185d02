// sandbox: how a mail to SdI fares at the PEC provider: by itself well, otherwise as a rule tells.
import type { ReceiptKind } from '@staffetta/fatturapa/mail/understood-mail.ts';
import type { MatchRule, MatchRules } from '../match-rules.ts';

/** Ways in which a mail can fare. */
export const pecOutcomes = [
  'non-accettazione',
  'errore-consegna',
  'preavviso',
  'virus',
  'no-consegna',
  'twice',
  'late',
  'silence',
] as const;

/** A way in which a mail can fare. */
export type PecOutcome = (typeof pecOutcomes)[number];

/** What the provider is to do with mails, as told by REST. */
export interface PecRule extends MatchRule {
  readonly outcome: PecOutcome;
  /**
   * How much later than usual, in milliseconds of the hub's clock: the receipts of `late` (an hour by default), the error of
   * `errore-consegna` (at once by default), the warning of `preavviso` (12 hours by default; the error follows after as long again).
   */
  readonly delayMs?: number;
}

/** The book of these rules. */
export type PecRules = MatchRules<PecRule>;

/** One thing that the provider does with a mail. */
export type PecStep =
  /** A receipt to the sender; of those of one kind each copy is a mail of its own. */
  | { readonly afterMs: number; readonly receipt: ReceiptKind; readonly copy: number }
  /** The file reaches SdI. */
  | { readonly afterMs: number; readonly receipt: 'none' };

const hourMs = 3_600_000;
const toSdi: PecStep = { afterMs: 0, receipt: 'none' };

function gives(receipt: ReceiptKind, afterMs = 0, copy = 1): PecStep {
  return { afterMs, receipt, copy };
}

/**
 * What is to be done with a mail, in this order.
 * @param wish how it is to fare; well, where no outcome is named
 */
export function stepsOf(wish: Partial<Pick<PecRule, 'outcome' | 'delayMs'>>): readonly PecStep[] {
  const delay = (usual: number): number => wish.delayMs ?? usual;
  const accepted = gives('accettazione');
  if (wish.outcome === undefined) return [accepted, gives('avvenuta-consegna'), toSdi];
  switch (wish.outcome) {
    case 'non-accettazione':
      return [gives('non-accettazione')];
    case 'errore-consegna':
      return [accepted, gives('errore-consegna', delay(0))];
    case 'preavviso': {
      // The warning comes after 12 hours, the error after 24 (DM 2 November 2005, technical rules §6.5).
      const half = delay(12 * hourMs);
      return [accepted, gives('preavviso-errore-consegna', half), gives('errore-consegna', 2 * half)];
    }
    case 'virus':
      return [accepted, gives('rilevazione-virus')];
    case 'no-consegna':
      return [accepted, toSdi];
    case 'twice':
      return [
        ...[1, 2].map((copy) => gives('accettazione', 0, copy)),
        ...[1, 2].map((copy) => gives('avvenuta-consegna', 0, copy)),
        toSdi,
      ];
    case 'late':
      return [toSdi, gives('accettazione', delay(hourMs)), gives('avvenuta-consegna', delay(hourMs))];
    case 'silence':
      return [];
  }
}
