// dbmanager: putting a customer's fiscal profile and describing its registers by hand; every act is in the audit.
import { checkProfile } from '@staffetta/fatturapa/compose/check-profile.ts';
import { idFiscaleOf } from '@staffetta/fatturapa/compose/party-blocks.ts';
import type { FiscalProfile } from '@staffetta/fatturapa/compose/short-party.ts';
import { storableFindings } from '@staffetta/fatturapa/storable-findings.ts';
import type { RuleContext } from '@staffetta/fatturapa/check/rule.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import type { Tx } from '@staffetta/platform/store/store.ts';
import { noteAct } from './audit.ts';
import type { Act } from './change-customers.ts';
import { findCustomer } from './customers.ts';
import { readIssuerIds, readIssuers, saveProfile } from './fiscal-profiles.ts';
import { listRegisters, saveRegisterForm, startRegister } from './fiscal-registers.ts';
import { defaultFormat, formatNumber, isRegisterName, mainRegister, whyNoFormat } from './register-format.ts';

/** A register as it is shown. */
export interface RegisterView {
  readonly name: string;
  readonly format: string;
  readonly year: number;
  readonly lastNumber: number;
  readonly lastDate: string | null;
  /** How many numbers the hub gave in the year. */
  readonly given: number;
  /** What the next document of the year will be called. */
  readonly next: string;
}

/** What somebody wants of a register. */
export interface RegisterWish {
  readonly format?: string | undefined;
  /** The first number to give in the year. */
  readonly start?: number | undefined;
  /** This one where it is left out. */
  readonly year?: number | undefined;
}

async function insistOnCustomer(tx: Tx, customerId: number): Promise<void> {
  if (await findCustomer(tx, customerId)) return;
  throw new HubError('CUSTOMER_UNKNOWN', `There is no customer ${customerId}.`);
}

/** Numbers go by the profile's VAT number first: nobody takes another's by calling itself so. */
async function insistOnFreeVatNumber(tx: Tx, customerId: number, { vatNumber, address }: FiscalProfile): Promise<void> {
  const { IdPaese = '', IdCodice = '' } = idFiscaleOf(vatNumber, address.country ?? 'IT');
  const vatId = `${IdPaese}${IdCodice}`.toUpperCase();
  const having = (await readIssuerIds(tx, [], [vatId])).filter((one) => one.vatId === vatId);
  if (having.length === 0 || having.some((one) => one.customerId === customerId)) return;
  throw new HubError('VAT_NUMBER_TAKEN', `The VAT number ${vatId} is another user's of this hub.`);
}

/**
 * Puts a profile in the place of what was there.
 * @param tx the transaction
 * @param customerId whose
 * @param body any JSON value
 * @param act who and when
 * @param rules how bad the revenue agency's dummy VAT number is here, and whether the VAT number may be another customer's too
 * @returns the profile as it is kept, its texts as SdI takes them
 * @throws HubError CUSTOMER_UNKNOWN; VAT_NUMBER_TAKEN; BODY_NOT_VALID with the pointer of the first thing wrong, and all findings
 */
export async function putProfile(
  tx: Tx,
  customerId: number,
  body: unknown,
  act: Act,
  rules: Pick<RuleContext, 'dummyTaxIds'> & { readonly mayShare: boolean },
): Promise<FiscalProfile> {
  await insistOnCustomer(tx, customerId);
  const check = checkProfile(body, toRomeWallTime(act.at).slice(0, 10), rules.dummyTaxIds);
  if (!check.ok) {
    const [first] = check.findings;
    throw new HubError(
      'BODY_NOT_VALID',
      `body${first?.path ?? ''}: ${first?.message.en ?? ''} ${first?.fix?.en ?? ''}`,
      undefined,
      storableFindings(check.findings),
    );
  }
  if (!rules.mayShare) await insistOnFreeVatNumber(tx, customerId, check.profile);
  await saveProfile(tx, customerId, check.profile, act.by, act.at);
  const details = { profile: check.profile };
  await noteAct(tx, { ...act, action: 'customer.profile', subject: `customer ${customerId}`, details });
  return check.profile;
}

/** Everybody has the main register, described or not. */
export async function registersOf(tx: Tx, customerId: number, year: number): Promise<RegisterView[]> {
  const rows = await listRegisters(tx, customerId, year);
  const main = { name: mainRegister, year, lastNumber: 0, lastDate: null, format: null, given: 0 };
  const all = rows.some(({ name }) => name === mainRegister) ? rows : [main, ...rows];
  return all.map(({ name, lastNumber, lastDate, given, format: described }) => {
    const format = described ?? defaultFormat(name);
    const next = formatNumber(format, name, year, lastNumber + 1);
    return { name, format, year, lastNumber, lastDate, given, next };
  });
}

/**
 * Finds one register.
 * @throws HubError REGISTER_UNKNOWN
 */
export async function registerOf(tx: Tx, customerId: number, name: string, year: number): Promise<RegisterView> {
  const found = (await registersOf(tx, customerId, year)).find((register) => register.name === name);
  if (found) return found;
  throw new HubError('REGISTER_UNKNOWN', `Customer ${customerId} has no register ${name.slice(0, 40)}.`);
}

async function describe(tx: Tx, customerId: number, name: string, format: string, act: Act): Promise<void> {
  const { registers = {} } = (await readIssuers(tx, [customerId])).get(customerId) ?? {};
  const others = new Map(Object.entries({ [mainRegister]: defaultFormat(mainRegister), ...registers }));
  const why = whyNoFormat(format, name, others);
  if (why !== undefined) throw new HubError('BODY_NOT_VALID', `body/format: ${why}.`);
  await saveRegisterForm(tx, { customerId, name }, format, act.by, act.at);
}

/**
 * Makes a register, or changes how it writes numbers and, while it has given none in the year, where it starts.
 * @param tx the transaction
 * @param customerId whose
 * @param name up to eight plain letters, digits, `-` or `_`
 * @param wish what is wanted; what is left out stays
 * @param act who and when
 * @throws HubError CUSTOMER_UNKNOWN, BODY_NOT_VALID, REGISTER_IN_USE
 */
export async function putRegister(
  tx: Tx,
  customerId: number,
  name: string,
  wish: RegisterWish,
  act: Act,
): Promise<RegisterView> {
  await insistOnCustomer(tx, customerId);
  if (!isRegisterName(name)) {
    throw new HubError('BODY_NOT_VALID', 'params/name must be 1 to 8 letters, digits, - or _.');
  }
  const year = wish.year ?? Number(toRomeWallTime(act.at).slice(0, 4));
  const known = (await registersOf(tx, customerId, year)).find((register) => register.name === name);
  const format = wish.format ?? known?.format ?? defaultFormat(name);
  await describe(tx, customerId, name, format, act);
  if (wish.start !== undefined && !(await startRegister(tx, { customerId, name, year }, wish.start))) {
    throw new HubError('REGISTER_IN_USE', `Register ${name} has given numbers in ${year} already.`);
  }
  const details = { name, format, ...(wish.start !== undefined && { start: wish.start, year }) };
  await noteAct(tx, { ...act, action: 'customer.register', subject: `customer ${customerId}`, details });
  return registerOf(tx, customerId, name, year);
}
