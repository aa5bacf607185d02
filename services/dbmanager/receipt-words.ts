// dbmanager: the PEC provider's receipts in words for people, with the time that the provider certifies. Pure.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import type { PecReceiptKind } from '@staffetta/flow/messages.ts';
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import type { Receipt } from './pec-receipts.ts';

/** What each receipt says of the mail that carries the invoice. */
const told: Readonly<Record<PecReceiptKind, Sentence>> = {
  accettazione: {
    it: 'Messaggio accettato dal gestore PEC',
    en: 'Mail accepted by the PEC provider',
  },
  'non-accettazione': {
    it: 'Messaggio rifiutato dal gestore PEC: SdI non l’ha visto',
    en: 'Mail refused by the PEC provider: SdI has not seen it',
  },
  'presa-in-carico': {
    it: 'Messaggio preso in carico dal gestore PEC di SdI',
    en: "Mail taken over by the provider of SdI's mailbox",
  },
  'avvenuta-consegna': {
    it: 'Messaggio consegnato nella casella PEC di SdI',
    en: "Mail delivered into SdI's PEC mailbox",
  },
  'preavviso-errore-consegna': {
    it: 'Messaggio non ancora consegnato a SdI: il gestore PEC riprova',
    en: 'Mail not delivered to SdI yet: the PEC provider goes on trying',
  },
  'errore-consegna': {
    it: 'Messaggio non consegnato a SdI, che non l’ha visto',
    en: 'Mail not delivered to SdI, which has not seen it',
  },
  'rilevazione-virus': {
    it: 'Messaggio bloccato dal gestore PEC per un virus: SdI non l’ha visto',
    en: 'Mail stopped by the PEC provider for a virus: SdI has not seen it',
  },
};

/**
 * Tells a receipt without its time.
 * @param receipt the receipt
 */
export function receiptEvent({ receipt }: Pick<Receipt, 'receipt'>): Sentence {
  return told[receipt];
}

/**
 * Tells a receipt with the time that the provider certifies (else that at which it came), in Europe/Rome, and the provider's reason.
 * @param receipt the receipt
 */
export function receiptWords({
  receipt,
  certifiedAt,
  receivedAt,
  reason,
}: Pick<Receipt, 'receipt' | 'certifiedAt' | 'receivedAt' | 'reason'>): Sentence {
  const [day = '', time = ''] = toRomeWallTime(certifiedAt ?? receivedAt).split('T');
  const date = day.split('-').toReversed().join('/');
  const clock = time.slice(0, 8);
  const { it, en } = told[receipt];
  const why = reason === null ? { it: '', en: '' } : { it: ` Motivo: ${reason}`, en: ` Reason: ${reason}` };
  return { it: `${it}, alle ${clock} del ${date}.${why.it}`, en: `${en}, at ${clock} on ${date}.${why.en}` };
}

/**
 * Writes a receipt as REST answers it; times are Europe/Rome.
 * @param receipt the receipt
 */
export function receiptDto(receipt: Receipt) {
  const { receiptId, mailbox, mailId, provider, recipient, certifiedAt, reason, receivedAt } = receipt;
  return {
    receiptId,
    receipt: receipt.receipt,
    mailbox,
    mailId,
    ...(provider !== null && { provider }),
    ...(recipient !== null && { recipient }),
    ...(certifiedAt && { certifiedAt: toRomeWallTime(certifiedAt) }),
    ...(reason !== null && { reason }),
    receivedAt: toRomeWallTime(receivedAt),
    words: receiptWords(receipt),
  };
}
