// dbmanager: gives documents made of JSON their numbers, gap-free, in the transaction that stores them (ADR-0010).
import { numberDocument } from '@staffetta/fatturapa/compose/number-document.ts';
import type { OpenNumber } from '@staffetta/fatturapa/compose/draft.ts';
import { envelopeOf } from '@staffetta/fatturapa/envelope.ts';
import type { DocumentFinding } from '@staffetta/fatturapa/finding.ts';
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
import { dateBefore, numberTooLong, registerUsedUp } from './number-findings.ts';
import { standsInTheWay, type NumberOwners } from './number-rights.ts';
import { defaultFormat, fitsNumero, formatNumber, mainRegister } from './register-format.ts';

/** A request that waits for numbers. */
type Waiting = IncomingRequest & { readonly file: NonNullable<IncomingRequest['file']> };

/** A number that a body would get. */
interface Numbered {
  readonly key: string;
  readonly customerId: number;
  readonly register: string;
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
  readonly refused: ReadonlyMap<IncomingRequest, DocumentFinding>;
}

/** Number → the customers whose documents have it. */
type Holders = Map<string, Set<number | null>>;

/** What numbering goes by beside the registers. */
interface Taken {
  readonly used: Holders;
  readonly owners: NumberOwners;
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

function hold(holders: Holders, number: SupplierNumber, customerId: number | null): void {
  const key = usedKey(number);
  holders.set(key, (holders.get(key) ?? new Set()).add(customerId));
}

function isTaken(number: SupplierNumber, asker: number, holders: Holders, owners: NumberOwners): boolean {
  const its = [...(holders.get(usedKey(number)) ?? [])];
  return its.some((holder) => standsInTheWay({ supplier: number.supplier, holder, asker }, owners));
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
function numbersOf(
  request: Waiting,
  cursors: ReadonlyMap<string, Cursor>,
  isFree: (number: SupplierNumber, asker: number) => boolean,
): Numbered[] {
  const supplier = partyId(request.check.envelope?.supplier ?? {}) ?? '';
  return request.file.open.flatMap((open) => {
    const key = keyOf(registerOf(request, open));
    const cursor = cursors.get(key);
    if (!cursor) return [];
    const { name, year, customerId } = cursor.state;
    let numero: string;
    do {
      cursor.number += 1;
      numero = formatNumber(cursor.format, name, year, cursor.number);
    } while (!isFree({ supplier, year, number: numero }, customerId));
    const before = cursor.date;
    const date = open.date.slice(0, 10);
    if (before === null || date > before) cursor.date = date;
    return [{ key, customerId, register: name, number: cursor.number, numero, supplier, year, date, before }];
  });
}

function numberOf({ supplier, year, numero }: Numbered): SupplierNumber {
  return { supplier, year, number: numero };
}

/** Plans numbers in the order of the requests; one that gets a number too long for its element takes none. */
function planNumbers(waiting: readonly Waiting[], cursors: ReadonlyMap<string, Cursor>, { used, owners }: Taken): Plan {
  for (const cursor of cursors.values()) {
    cursor.number = cursor.state.lastNumber;
    cursor.date = cursor.state.lastDate;
  }
  // Two registers may come to the same number by different formats, as `1{n}` and `{n}` do.
  const given: Holders = new Map();
  const isFree = (number: SupplierNumber, asker: number) =>
    !isTaken(number, asker, used, owners) && !isTaken(number, asker, given, owners);
  const numbers = new Map<IncomingRequest, readonly Numbered[]>();
  const refused = new Map<IncomingRequest, DocumentFinding>();
  for (const request of waiting) {
    const marks = [...cursors.values()].map((cursor) => ({ cursor, number: cursor.number, date: cursor.date }));
    const its = numbersOf(request, cursors, isFree);
    const long = its.find(({ numero }) => !fitsNumero(numero));
    if (long) {
      refused.set(request, numberTooLong(long.numero));
      for (const { cursor, number, date } of marks) Object.assign(cursor, { number, date });
    } else {
      numbers.set(request, its);
      for (const one of its) hold(given, numberOf(one), one.customerId);
    }
  }
  return { numbers, refused };
}

const roundsMax = 100;
/** Once a number turns out to be used, so many more are asked for at once. */
const lookAhead = 200;

function wantedNumbers(plan: Plan, cursors: ReadonlyMap<string, Cursor>, ahead: number): SupplierNumber[] {
  const planned = [...plan.numbers.values()].flat();
  const wanted = planned.map(numberOf);
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

/** The requests that a plan gives a number that is used: request → its last such number. */
function clashesOf(plan: Plan, { used, owners }: Taken): Map<IncomingRequest, Numbered> {
  return new Map(
    [...plan.numbers].flatMap(([request, its]) => {
      const clash = its.findLast((one) => isTaken(numberOf(one), one.customerId, used, owners));
      return clash ? [[request, clash] as const] : [];
    }),
  );
}

/** Past so many rounds, who would still get used numbers gets none, and the rest is planned without it. */
async function withoutClashing(
  db: Queryable,
  waiting: readonly Waiting[],
  cursors: ReadonlyMap<string, Cursor>,
  taken: Taken,
  clashes: ReadonlyMap<IncomingRequest, Numbered>,
): Promise<Plan> {
  const rest = waiting.filter((request) => !clashes.has(request));
  const plan = await findNumbers(db, rest, cursors, taken);
  const usedUp = [...clashes].map(
    ([request, { register, year, numero }]) => [request, registerUsedUp(register, year, numero)] as const,
  );
  return { ...plan, refused: new Map([...plan.refused, ...usedUp]) };
}

/** A number that the supplier used already, in a document that came as XML, is passed over: SdI would refuse it (00404). */
async function findNumbers(
  db: Queryable,
  waiting: readonly Waiting[],
  cursors: ReadonlyMap<string, Cursor>,
  taken: Taken,
): Promise<Plan> {
  for (let round = 1; ; round++) {
    const plan = planNumbers(waiting, cursors, taken);
    const found = await usedNumbers(db, wantedNumbers(plan, cursors, round === 1 ? 0 : lookAhead));
    for (const number of found) hold(taken.used, number, number.customerId);
    const clashes = clashesOf(plan, taken);
    if (clashes.size === 0) return plan;
    if (round === roundsMax) return withoutClashing(db, waiting, cursors, taken, clashes);
  }
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
    numbered: numbers.map(({ numero }) => numero),
    check: { ...check, documents, envelope, findings: [...check.findings, ...late] },
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

/** What is used already by documents of this batch that bring their numbers, also beside others that wait for theirs. */
function usedInBatch(accepted: readonly IncomingRequest[]): Holders {
  const holders: Holders = new Map();
  for (const { event, check } of accepted) {
    for (const claim of claimsOf(check.documents)) hold(holders, claim, event.message.customer.customerId);
  }
  return holders;
}

/**
 * Says whether a request would go out, as far as the archive does not know better.
 * @param request the request
 * @param customers who exists
 * @param options what else decides
 */
export function isAccepted(
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
 * @param options what decides whether a file goes out: only such a one takes a number, or keeps another from it
 * @param owners whose numbers come first
 * @returns the batch in the same order; a document that no number can be found for is refused
 */
export async function numberComposed(
  db: Queryable,
  requests: readonly IncomingRequest[],
  customers: ReadonlyMap<number, InvoicingCustomer>,
  options: DecisionOptions,
  owners: NumberOwners,
): Promise<readonly IncomingRequest[]> {
  if (!requests.some(isWaiting)) return requests;
  const accepted = requests.filter((request) => isAccepted(request, customers, options));
  const wanting = accepted.filter(isWaiting);
  if (wanting.length === 0) return requests;
  const cursors = cursorsOf(await lockRegisters(db, yearsOf(wanting)));
  // Asked once the registers are held: whoever stored the same invoice at the same time has committed by now.
  const known = await knownInvoices(
    db,
    wanting.map(({ invoiceId }) => invoiceId),
  );
  const waiting = wanting.filter(({ invoiceId }) => !known.has(invoiceId));
  const plan = await findNumbers(db, waiting, cursors, { used: usedInBatch(accepted), owners });
  await saveTaken(db, plan, cursors);
  return requests.map((request) => {
    const numbers = plan.numbers.get(request);
    const finding = plan.refused.get(request);
    if (finding) return refusedJson(request, [finding]);
    return numbers && isWaiting(request) ? withNumbers(request, numbers) : request;
  });
}
