// dbmanager: asks our own archive whether what a batch would send was sent before, and notes what it sends now (00404, 00002).
import type { DocumentFinding } from '@staffetta/fatturapa/finding.ts';
import type { Queryable, Tx } from '@staffetta/platform/store/store.ts';
import type { DbmanagerOptions } from './config.ts';
import { decideDuplicates, type Claimant } from './decide-duplicates.ts';
import type { NumberOwners } from './number-rights.ts';
import {
  claimNumbers,
  freeNumbers,
  numbersOwned,
  owningInvoices,
  passNumbers,
  reserveInvoiceNumbers,
  type NumberOwner,
} from './issued-numbers.ts';

/** An invoice that is right and would be sent. */
export type SendableInvoice = Omit<Claimant, 'invoiceNumber'>;

/** What the archive says. */
export interface ArchiveAnswer {
  /** Invoice id → what is to be said against it. */
  readonly findings: ReadonlyMap<string, DocumentFinding[]>;
  /** Invoice id → the number that was promised to it, since findings may name it; the others get theirs as they are inserted. */
  readonly numbers: ReadonlyMap<string, number>;
}

const nothing: ArchiveAnswer = { findings: new Map(), numbers: new Map() };

function asWarnings(findings: ReadonlyMap<string, DocumentFinding[]>): Map<string, DocumentFinding[]> {
  return new Map(
    [...findings].map(([id, some]) => [id, some.map((finding) => ({ ...finding, severity: 'warning' as const }))]),
  );
}

/**
 * Finds what was sent before and claims the numbers of the rest. Of several that want one number, in this batch or in another
 * instance's at the same time, exactly one gets it.
 * @param tx the transaction that stores the batch
 * @param invoices those that would be sent, in the order in which they came
 * @param mode `refuse` says it as errors, `warn` as warnings, `off` asks nothing
 * @param rights to whom VAT numbers belong
 */
export async function findDuplicates(
  tx: Tx,
  invoices: readonly SendableInvoice[],
  mode: DbmanagerOptions['duplicateCheck'],
  rights: NumberOwners,
): Promise<ArchiveAnswer> {
  if (mode === 'off') return nothing;
  const wishes = invoices.flatMap(({ invoiceId, claims }) =>
    claims.map((claim): NumberOwner => ({ claim, invoiceId })),
  );
  const owned = await claimNumbers(tx, wishes);
  const allOwn = invoices.every(({ invoiceId, claims }) =>
    claims.every(({ key }) => owned.get(key)?.invoiceId === invoiceId),
  );
  if (allOwn) return nothing;
  // Rare, and so worth a few statements: somebody wants what another one has.
  const stored = await owningInvoices(tx, [...new Set([...owned.values()].map(({ invoiceId }) => invoiceId))]);
  const promised = await reserveInvoiceNumbers(tx, invoices.length);
  const claimants = invoices.map((invoice, place) => ({ ...invoice, invoiceNumber: promised[place]! }));
  const { findings, passed, freed } = decideDuplicates(claimants, owned, stored, rights);
  await passNumbers(tx, passed);
  await freeNumbers(tx, freed);
  const numbers = new Map(claimants.map(({ invoiceId, invoiceNumber }) => [invoiceId, invoiceNumber]));
  return { findings: mode === 'warn' ? asWarnings(findings) : findings, numbers };
}

/**
 * Asks what would be said against an invoice if it were sent now; claims nothing and waits for nobody.
 * @param db the store
 * @param claimant the invoice, which is right otherwise
 * @param mode as for `findDuplicates`
 * @param rights to whom VAT numbers belong
 */
export async function askDuplicates(
  db: Queryable,
  claimant: Claimant,
  mode: DbmanagerOptions['duplicateCheck'],
  rights: NumberOwners,
): Promise<ArchiveAnswer> {
  if (mode === 'off' || claimant.claims.length === 0) return nothing;
  const owned = await numbersOwned(db, claimant.claims);
  if (owned.size === 0) return nothing;
  const stored = await owningInvoices(db, [...new Set([...owned.values()].map(({ invoiceId }) => invoiceId))]);
  const { findings } = decideDuplicates([claimant], owned, stored, rights);
  return { findings: mode === 'warn' ? asWarnings(findings) : findings, numbers: new Map() };
}
