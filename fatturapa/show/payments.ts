// fatturapa: how and when a document is paid.
import type { Loose, LooseBody } from './loose.ts';
import type { DatiPagamento } from '../schema/dati-pagamento.ts';
import { writeIban } from './figures.ts';
import type { Cell, TableSection } from './sheet.ts';
import { cell, joined, labelled, listOf, tableOf, type ColumnPlan, type Voice } from './voice.ts';

type Payment = Loose<DatiPagamento>;
type Part = NonNullable<Payment['DettaglioPagamento']>[number];

const plan: readonly ColumnPlan[] = [
  ['method', 30],
  ['terms', 18],
  ['dueDate', 16],
  ['account', 36],
  ['amount', 15, 'end'],
];

function accountCell(voice: Voice, part: Part): Cell {
  const iban = voice.text(part.IBAN);
  const numbers = joined([
    labelled('ABI', voice.text(part.ABI)),
    labelled('CAB', voice.text(part.CAB)),
    labelled('BIC', voice.text(part.BIC)),
  ]);
  const lines = [iban && `IBAN ${writeIban(iban)}`, voice.text(part.IstitutoFinanziario), numbers];
  const [first = '', ...more] = lines.filter((line) => line !== '');
  return cell(first, more);
}

function dueCell(voice: Voice, part: Part): Cell {
  const days = voice.text(part.GiorniTerminiPagamento);
  const start = voice.date(part.DataRiferimentoTerminiPagamento);
  const terms = joined([days && `${days} ${voice.say('days')}`, start && `${voice.say('startingFrom')} ${start}`]);
  const due = voice.date(part.DataScadenzaPagamento);
  return due === '' ? cell(terms) : cell(due, [terms]);
}

function withDate(voice: Voice, amount: string, word: 'until' | 'sinceDate', date: string): string {
  return joined([amount, date && `${voice.say(word)} ${date}`]);
}

function moreOf(voice: Voice, part: Part): string[] {
  const receipt = [part.TitoloQuietanzante, part.NomeQuietanzante, part.CognomeQuietanzante, part.CFQuietanzante];
  const early = voice.amount(part.ScontoPagamentoAnticipato);
  const late = voice.amount(part.PenalitaPagamentiRitardati);
  const until = voice.date(part.DataLimitePagamentoAnticipato);
  const since = voice.date(part.DataDecorrenzaPenale);
  return [
    labelled(voice.say('payee'), voice.text(part.Beneficiario)),
    labelled(voice.say('paymentCode'), voice.text(part.CodicePagamento)),
    labelled(voice.say('postOffice'), voice.text(part.CodUfficioPostale)),
    labelled(voice.say('receiptBy'), joined(receipt.map((value) => voice.text(value)))),
    labelled(voice.say('earlyDiscount'), withDate(voice, early, 'until', until)),
    labelled(voice.say('latePenalty'), withDate(voice, late, 'sinceDate', since)),
  ];
}

function partRow(voice: Voice, payment: Payment, part: Part): Cell[] {
  return [
    cell(voice.code('paymentMethod', part.ModalitaPagamento), moreOf(voice, part)),
    cell(voice.meaning('paymentTerms', payment.CondizioniPagamento)),
    dueCell(voice, part),
    accountCell(voice, part),
    cell(voice.amount(part.ImportoPagamento)),
  ];
}

/**
 * Shows every instalment with its terms, date, account and amount.
 * @param voice the language
 * @param body one body of an ordinary document
 */
export function paymentsOf(voice: Voice, body: LooseBody): TableSection[] {
  const rows = listOf(body.DatiPagamento).flatMap((payment) =>
    listOf(payment.DettaglioPagamento).map((part) => partRow(voice, payment, part)),
  );
  return tableOf(voice, 'payment', plan, rows);
}
