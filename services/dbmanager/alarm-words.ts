// dbmanager: clocks and alarms in words: what did not happen, what it means, what to do. Pure.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import type { Finding, PecReceiptKind } from '@staffetta/flow/messages.ts';
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import type { AlarmKind, Deadline } from './deadline-rules.ts';

interface AlarmWords {
  /** What should have happened. */
  readonly awaited: Sentence;
  /** What did not happen, and what that means. */
  readonly told: Sentence;
  readonly fix: Sentence;
}

const lookOnPortal: Sentence = {
  it: 'Cercare la fattura nel portale Fatture e Corrispettivi e verificare che la casella PEC sia letta. Non inviarla come nuova fattura: potrebbe uscire due volte. Se nel portale non c’è, inviare di nuovo lo stesso file (npm run staffetta -- resend, oppure POST /api/invoices/{n}/reinvia): se SdI lo ha già, lo riconosce e scarta solo la copia.',
  en: 'Look for the invoice on the portal Fatture e Corrispettivi, and see whether the PEC mailbox is read. Do not send it as a new invoice: it might go out twice. If it is not on the portal, send the same file again (npm run staffetta -- resend, or POST /api/invoices/{n}/reinvia): if SdI has it already, it recognises it and discards the copy alone.',
};

/** What each alarm says. */
const words: Readonly<Record<AlarmKind, AlarmWords>> = {
  NO_NOTICE: {
    awaited: { it: 'Risposta di SdI attesa', en: "SdI's answer is awaited" },
    told: {
      it: 'SdI non ha ancora risposto, benché il termine atteso sia passato. La fattura non è scartata né consegnata: nulla è deciso.',
      en: 'SdI has not answered yet, though the expected time has passed. The invoice is neither discarded nor delivered: nothing is decided.',
    },
    fix: lookOnPortal,
  },
  NO_FURTHER_NOTICE: {
    awaited: {
      it: 'Risposta di SdI attesa per la copia già accettata, o per gli altri file dell’archivio',
      en: "SdI's answer is awaited for the copy that it took, or for the other files of the archive",
    },
    told: {
      it: 'SdI non ha ancora detto che cosa ne è della copia già accettata, o degli altri file dell’archivio, benché il termine atteso sia passato.',
      en: 'SdI has not told yet what became of the copy that it took, or of the other files of the archive, though the expected time has passed.',
    },
    fix: {
      it: 'Cercare la fattura nel portale Fatture e Corrispettivi e verificare che la casella PEC sia letta. Non inviarla di nuovo: ciò che SdI ha già accettato uscirebbe due volte.',
      en: 'Look for the invoice on the portal Fatture e Corrispettivi, and see whether the PEC mailbox is read. Do not send it again: what SdI has taken already would go out twice.',
    },
  },
  NO_RECEIPT: {
    awaited: { it: 'Ricevuta del gestore PEC attesa', en: "The PEC provider's receipt is awaited" },
    told: {
      it: 'Il gestore PEC non ha dato alcuna ricevuta del messaggio con la fattura (né accettazione né rifiuto).',
      en: 'The PEC provider gave no receipt for the mail with the invoice (neither accepted nor refused).',
    },
    fix: {
      it: 'Verificare nella posta inviata della casella PEC se il messaggio è partito, e che la casella sia letta. Se SdI non risponde nel termine atteso, lo stesso file si potrà inviare di nuovo.',
      en: 'See in the sent mails of the PEC mailbox whether the mail went out, and whether the mailbox is read. If SdI does not answer within the expected time, the same file can be sent again.',
    },
  },
  NO_ATTESTATION: {
    awaited: {
      it: 'Consegna all’ente pubblico o attestazione di SdI attesa',
      en: "The delivery to the public body, or SdI's attestation, is awaited",
    },
    told: {
      it: 'Dopo la mancata consegna SdI doveva consegnare all’ente pubblico, o attestare di non poterlo fare, entro 10 giorni: non è arrivata alcuna notifica.',
      en: 'After the failed delivery SdI had 10 days to deliver to the public body, or to attest that it cannot: no notice came.',
    },
    fix: {
      it: 'Cercare la fattura nel portale Fatture e Corrispettivi e avvisare l’ente: la fattura è emessa, ma l’ente potrebbe non averla vista.',
      en: 'Look for the invoice on the portal Fatture e Corrispettivi and tell the public body: the invoice is issued, but they may not have seen it.',
    },
  },
  NO_ANSWER: {
    awaited: {
      it: 'Accettazione, rifiuto o decorrenza dei termini attesi dall’ente pubblico',
      en: "The public body's acceptance or refusal, or word that its term passed, is awaited",
    },
    told: {
      it: 'L’ente pubblico non ha risposto nei 15 giorni dalla consegna, e SdI non ha ancora notificato la decorrenza dei termini.',
      en: 'The public body did not answer in the 15 days since the delivery, and SdI has not told yet that the term passed.',
    },
    fix: {
      it: 'La fattura è consegnata e, passati i 15 giorni, l’ente non può più rifiutarla tramite SdI. Cercare la decorrenza dei termini nel portale e sollecitare il pagamento alla scadenza.',
      en: 'The invoice is delivered, and after the 15 days the public body can no longer refuse it through SdI. Look for the notice on the portal and ask for the payment when it is due.',
    },
  },
  RESEND_DUE: {
    awaited: {
      it: 'Nuovo invio della fattura scartata, con lo stesso numero e la stessa data',
      en: 'The discarded invoice is to be sent again, under its number and date',
    },
    told: {
      it: 'La fattura scartata da SdI non è stata ancora corretta e inviata di nuovo: il termine di 5 giorni sta per finire, o è finito.',
      en: 'The invoice that SdI discarded was not corrected and sent again yet: the term of 5 days is about to end, or has ended.',
    },
    fix: {
      it: 'Correggere gli errori indicati e inviarla di nuovo con lo stesso numero e la stessa data. Se il termine è passato, sentire il commercialista prima di inviarla.',
      en: 'Correct the errors that are named and send it again under the same number and date. If the term has passed, ask the accountant before it is sent.',
    },
  },
  ANSWER_DUE: {
    awaited: {
      it: 'Risposta dell’ente alla fattura ricevuta (accettazione o rifiuto)',
      en: 'The answer to the received invoice (acceptance or refusal)',
    },
    told: {
      it: 'La fattura ricevuta non ha ancora una risposta, e i 15 giorni per accettarla o rifiutarla stanno per finire.',
      en: 'The received invoice has no answer yet, and the 15 days to accept or refuse it are about to end.',
    },
    fix: {
      it: 'Accettarla o rifiutarla con il motivo; passato il termine non si può più rifiutare tramite SdI.',
      en: 'Accept it, or refuse it with the reason; after the term it can no longer be refused through SdI.',
    },
  },
};

/** What a clock without an alarm waits for. */
const officeTries: Sentence = {
  it: 'Consegna all’ente pubblico, oppure mancata consegna dopo 48 ore di tentativi (SdI riprova poi per altri 10 giorni)',
  en: 'The delivery to the public body, or word after 48 hours of tries that it failed (SdI then goes on trying for 10 days)',
};

/** The provider's receipts in few words. */
const receiptWords: Readonly<Record<PecReceiptKind, Sentence>> = {
  accettazione: { it: 'accettazione', en: 'accepted by the provider' },
  'non-accettazione': { it: 'non accettazione', en: 'refused by the provider' },
  'presa-in-carico': { it: 'presa in carico', en: 'taken over by the next provider' },
  'avvenuta-consegna': { it: 'avvenuta consegna', en: "delivered into SdI's mailbox" },
  'preavviso-errore-consegna': { it: 'preavviso di mancata consegna', en: 'not delivered yet' },
  'errore-consegna': { it: 'mancata consegna', en: 'not delivered' },
  'rilevazione-virus': { it: 'rilevazione di virus', en: 'stopped for a virus' },
};

function isKnown(kind: string): kind is AlarmKind {
  return Object.hasOwn(words, kind);
}

/** What the provider said so far, where a mail's fate is what is asked about. */
function knownSoFar(kind: AlarmKind, receipts: readonly PecReceiptKind[]): Sentence {
  if (kind !== 'NO_NOTICE') return { it: '', en: '' };
  const list = [...new Set(receipts)].map((receipt) => receiptWords[receipt]);
  if (list.length === 0) {
    return {
      it: ' Non è nota alcuna ricevuta del gestore PEC.',
      en: ' No receipt of the PEC provider is known.',
    };
  }
  return {
    it: ` Ricevute del gestore PEC finora: ${list.map(({ it }) => it).join(', ')}.`,
    en: ` Receipts of the PEC provider so far: ${list.map(({ en }) => en).join(', ')}.`,
  };
}

function day(at: Date): string {
  const [year, month, date] = toRomeWallTime(at).slice(0, 10).split('-');
  return `${date}/${month}/${year}`;
}

/**
 * Tells an alarm as a finding of the invoice.
 * @param kind which
 * @param since from when the clock ran
 * @param dueAt when it ended; days are Europe/Rome's
 * @param receipts what the PEC provider said so far
 */
export function alarmFinding(
  kind: AlarmKind,
  { since, dueAt }: { readonly since: Date; readonly dueAt: Date },
  receipts: readonly PecReceiptKind[],
): Finding {
  const { told, fix } = words[kind];
  const known = knownSoFar(kind, receipts);
  return {
    code: kind,
    severity: 'warning',
    message: {
      it: `${told.it} Termine: ${day(dueAt)}, dal ${day(since)}.${known.it}`,
      en: `${told.en} Term: ${day(dueAt)}, from ${day(since)}.${known.en}`,
    },
    fix,
  };
}

/**
 * Tells an alarm in one sentence.
 * @param kind one of ours, or another rule's
 */
export function alarmWords(kind: string): Sentence {
  return isKnown(kind) ? words[kind].told : { it: kind, en: kind };
}

/**
 * Tells what to do about an alarm.
 * @param kind one of ours, or another rule's
 */
export function alarmFix(kind: string): Sentence | undefined {
  return isKnown(kind) ? words[kind].fix : undefined;
}

/**
 * Tells what a clock waits for.
 * @param deadline the clock
 */
export function deadlineWords({ kind }: Deadline): Sentence {
  return kind === 'OFFICE_TRIES' ? officeTries : words[kind].awaited;
}
