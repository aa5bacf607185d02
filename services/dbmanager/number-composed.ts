// dbmanager: gives documents made of JSON their numbers, gap-free, in the transaction that stores them (ADR-0010).
import { numberDocument } from '@staffetta/fatturapa/compose/number-document.ts';
import type { OpenNumber } from '@staffetta/fatturapa/compose/draft.ts';
import { envelopeOf } from '@staffetta/fatturapa/envelope.ts';
import type { DocumentFinding } from '@staffetta/fatturapa/finding.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import type { Queryable } from '@staffetta/platform/store/store.ts';
import { placeInJson } from './compose-request.ts';
import type { InvoicingCustomer } from './customers.ts';
import { decideInvoice, type DecisionOptions } from './decide-invoice.ts';
import { partyId } from './document-rows.ts';
import {
  lockRegisters,
  saveRegisters,
  usedNumbers,
  type RegisterState,
  type RegisterYear,
  type SupplierNumber,
} from './fiscal-registers.ts';
import { refusedJson, type IncomingRequest } from './incoming-request.ts';
import { knownInvoices } from './invoices.ts';
import { claimsOf } from './number-claims.ts';
import { defaultFormat, fitsNumero, formatNumber, mainRegister } from './register-format.ts';

/** A request that waits for numbers. */
type Waiting = IncomingRequest & { readonly file: NonNullable<IncomingRequest['file']> };

/** A number that a body would get. */
interface Numbered {
  readonly key: string;
  readonly number: number;
  readonly numero: string;
  readonly supplier: string;
  readonly year: number;
  readonly date: string;
  /** The latest day in the register before it. */
  readonly before: string | null;
}

interface Plan {
  readonly numbers: ReadonlyMap<IncomingRequest, readonly Numbered[]>;
  readonly tooLong: ReadonlyMap<IncomingRequest, string>;
}

function isWaiting(request: IncomingRequest): request is Waiting {
  return request.check.valid && (request.file?.open.length ?? 0) > 0;
}

function yearOf({ date }: OpenNumber): number {
  return Number(date.slice(0, 4));
}

function registerOf({ event }: IncomingRequest, open: OpenNumber): RegisterYear {
  const { customerId } = event.message.customer;
  return { customerId, name: open.register ?? mainRegister, year: yearOf(open) };
}

function keyOf({ customerId, name, year }: RegisterYear): string {
  return `${customerId}:${year}:${name}`;
}

function usedKey({ supplier, year, number }: SupplierNumber): string {
  return `${supplier} ${year} ${number}`;
}

interface Cursor {
  readonly state: RegisterState;
  readonly format: string;
  number: number;
  date: string | null;
}

function cursorsOf(states: readonly RegisterState[]): Map<string, Cursor> {
  return new Map(
    states.map((state) => {
      const format = state.format ?? defaultFormat(state.name);
      return [keyOf(state), { state, format, number: state.lastNumber, date: state.lastDate }];
    }),
  );
}

/** The numbers of one request; the cursors move on as they are taken. */
function numbersOf(request: Waiting, cursors: ReadonlyMap<string, Cursor>, used: ReadonlySet<string>): Numbered[] {
  const supplier = partyId(request.check.envelope?.supplier ?? {}) ?? '';
  return request.file.open.flatMap((open) => {
    const key = keyOf(registerOf(request, open));
    const cursor = cursors.get(key);
    if (!cursor) return [];
    const { name, year } = cursor.state;
    let numero: string;
    do {
      cursor.number += 1;
      numero = formatNumber(cursor.format, name, year, cursor.number);
    } while (used.has(usedKey({ supplier, year, number: numero })));
    const before = cursor.date;
    const date = open.date.slice(0, 10);
    if (before === null || date > before) cursor.date = date;
    return [{ key, number: cursor.number, numero, supplier, year, date, before }];
  });
}

/** Plans numbers in the order of the requests; one that gets a number too long for its element takes none. */
function planNumbers(
  waiting: readonly Waiting[],
  cursors: ReadonlyMap<string, Cursor>,
  used: ReadonlySet<string>,
): Plan {
  for (const cursor of cursors.values()) {
    cursor.number = cursor.state.lastNumber;
    cursor.date = cursor.state.lastDate;
  }
  const numbers = new Map<IncomingRequest, readonly Numbered[]>();
  const tooLong = new Map<IncomingRequest, string>();
  for (const request of waiting) {
    const marks = [...cursors.values()].map((cursor) => ({ cursor, number: cursor.number, date: cursor.date }));
    const its = numbersOf(request, cursors, used);
    const long = its.find(({ numero }) => !fitsNumero(numero));
    if (long) {
      tooLong.set(request, long.numero);
      for (const { cursor, number, date } of marks) Object.assign(cursor, { number, date });
    } else numbers.set(request, its);
  }
  return { numbers, tooLong };
}

const roundsMax = 100;
/** Once a number turns out to be used, so many more are asked for at once. */
const lookAhead = 200;

function wantedNumbers(plan: Plan, cursors: ReadonlyMap<string, Cursor>, ahead: number): SupplierNumber[] {
  const planned = [...plan.numbers.values()].flat();
  const wanted = planned.map(({ supplier, year, numero }) => ({ supplier, year, number: numero }));
  const suppliers = new Map(planned.map(({ key, supplier }) => [key, supplier]));
  for (const [key, supplier] of suppliers) {
    const cursor = cursors.get(key);
    for (let step = 1; cursor && step <= ahead; step++) {
      const { name, year } = cursor.state;
      wanted.push({ supplier, year, number: formatNumber(cursor.format, name, year, cursor.number + step) });
    }
  }
  return wanted;
}

/** A number that the supplier used already, in a document that came as XML, is passed over: SdI would refuse it (00404). */
async function findNumbers(
  db: Queryable,
  waiting: readonly Waiting[],
  cursors: ReadonlyMap<string, Cursor>,
  usedInBatch: readonly SupplierNumber[],
): Promise<Plan> {
  const used = new Set(usedInBatch.map(usedKey));
  for (let round = 0; round < roundsMax; round++) {
    const plan = planNumbers(waiting, cursors, used);
    const planned = new Set(
      [...plan.numbers.values()].flat().map(({ numero, ...its }) => usedKey({ ...its, number: numero })),
    );
    const found = await usedNumbers(db, wantedNumbers(plan, cursors, round === 0 ? 0 : lookAhead));
    for (const number of found) used.add(usedKey(number));
    if (!found.some((number) => planned.has(usedKey(number)))) return plan;
  }
  const register = [...cursors.values()].map(({ state }) => `${state.name} ${state.year}`).join(', ');
  throw new HubError('SETTING_WRONG', `Too many numbers of the register ${register} are used already; set its start.`);
}

function italianDay(date: string): string {
  return date.split('-').toReversed().join('/');
}

function dateBefore({ numero, date, before }: Numbered, path: string): DocumentFinding {
  return {
    code: 'DATE_BEFORE_LAST',
    severity: 'warning',
    path,
    value: date,
    message: {
      it: `Il numero ${numero} porta la data ${italianDay(date)}, ma nel sezionale c'è già un documento del ${italianDay(before ?? date)}: numeri e date dovrebbero crescere insieme.`,
      en: `Number ${numero} has the date ${date}, but the register has a document of ${before ?? date} already: numbers and dates should rise together.`,
    },
    fix: {
      it: 'Se la data è giusta non serve fare nulla; altrimenti lasciarla vuota, così vale quella di oggi.',
      en: 'If the date is right, nothing needs doing; otherwise leave it out, and today is taken.',
    },
  };
}

/** The first body whose day lies before the register's last one. */
function lateNumbers({ event, file }: Waiting, numbers: readonly Numbered[]): DocumentFinding[] {
  const index = numbers.findIndex(({ date, before }) => before !== null && date < before);
  const late = numbers[index];
  if (!late) return [];
  const body = (file.open[index]?.body ?? 0) + 1;
  const path = `FatturaElettronicaBody[${body}]/DatiGenerali/DatiGeneraliDocumento/Data`;
  return [dateBefore(late, placeInJson(path, event.message.document ?? {}))];
}

function withNumbers(request: Waiting, numbers: readonly Numbered[]): IncomingRequest {
  const { file, check } = request;
  numberDocument(
    file,
    numbers.map(({ numero }) => numero),
  );
  const format = file.document.versione === 'FSM10' ? 'simplified' : 'ordinary';
  const envelope = envelopeOf(format, file.document);
  const late = lateNumbers(request, numbers);
  const documents = check.documents.map((document) => ({ ...document, envelope }));
  return {
    ...request,
    numbered: true,
    check: { ...check, documents, envelope, findings: [...check.findings, ...late] },
  };
}

function numberTooLong(numero: string): DocumentFinding {
  return {
    code: 'NUMBER_TOO_LONG',
    severity: 'error',
    value: numero,
    message: {
      it: `Il numero ${numero} del sezionale ha più dei 20 caratteri ammessi.`,
      en: `The register's number ${numero} has more than the 20 characters allowed.`,
    },
    fix: { it: 'Accorciare il formato del sezionale.', en: "Shorten the register's format." },
  };
}

async function saveTaken(db: Queryable, plan: Plan, cursors: ReadonlyMap<string, Cursor>): Promise<void> {
  const counts = new Map<string, number>();
  for (const { key } of [...plan.numbers.values()].flat()) counts.set(key, (counts.get(key) ?? 0) + 1);
  const taken = [...counts].flatMap(([key, count]) => {
    const cursor = cursors.get(key);
    if (!cursor || cursor.date === null) return [];
    const { customerId, name, year } = cursor.state;
    return [{ customerId, name, year, lastNumber: cursor.number, lastDate: cursor.date, count }];
  });
  await saveRegisters(db, taken);
}

/** Thrown where a number that was given cannot be kept: the code makes the store run the transaction again, which then sees why. */
class NumberNotKept extends Error {
  readonly code = '40001';
}

/**
 * Insists that numbers went only to what is new and goes out; else the transaction runs again, and none was given.
 * @param request a request of the batch
 * @param kept whether it is new and accepted
 */
export function insistOnNumber(request: IncomingRequest, kept: boolean): void {
  if (request.numbered !== true || kept) return;
  throw new NumberNotKept(`The number given to invoice ${request.invoiceId} is not kept.`);
}

function isAccepted(
  request: IncomingRequest,
  customers: ReadonlyMap<number, InvoicingCustomer>,
  options: DecisionOptions,
): boolean {
  const customer = customers.get(request.event.message.customer.customerId);
  return decideInvoice(request, customer, options).event === 'accepted';
}

function yearsOf(waiting: readonly Waiting[]): RegisterYear[] {
  const years = waiting.flatMap((request) => request.file.open.map((open) => registerOf(request, open)));
  return [...new Map(years.map((year) => [keyOf(year), year])).values()];
}

/**
 * Gives numbers to the documents of a batch that wait for them, in their order. The registers stay locked until the transaction ends: a
 * number that is rolled back was never given.
 * @param db a transaction
 * @param requests the batch, doubles sorted out
 * @param customers who exists
 * @param options what decides whether a file goes out: only such a one takes a number
 * @returns the batch in the same order
 * @throws HubError SETTING_WRONG where a register's next numbers are all used
 */
export async function numberComposed(
  db: Queryable,
  requests: readonly IncomingRequest[],
  customers: ReadonlyMap<number, InvoicingCustomer>,
  options: DecisionOptions,
): Promise<readonly IncomingRequest[]> {
  const wanting = requests.filter(isWaiting).filter((request) => isAccepted(request, customers, options));
  if (wanting.length === 0) return requests;
  const cursors = cursorsOf(await lockRegisters(db, yearsOf(wanting)));
  // Asked once the registers are held: whoever stored the same invoice at the same time has committed by now.
  const known = await knownInvoices(
    db,
    wanting.map(({ invoiceId }) => invoiceId),
  );
  const waiting = wanting.filter(({ invoiceId }) => !known.has(invoiceId));
  const others = requests.filter((request) => !isWaiting(request) && request.check.valid);
  const usedInBatch = others.flatMap(({ check }) => claimsOf(check.documents));
  const plan = await findNumbers(db, waiting, cursors, usedInBatch);
  await saveTaken(db, plan, cursors);
  return requests.map((request) => {
    const numbers = plan.numbers.get(request);
    const long = plan.tooLong.get(request);
    if (long !== undefined) return refusedJson(request, [numberTooLong(long)]);
    return numbers && isWaiting(request) ? withNumbers(request, numbers) : request;
  });
}
