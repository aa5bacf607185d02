// dbmanager: the rule of who may use a document number: the first that asks, until it is refused, discarded or deleted. Pure.
import type { DocumentFinding } from '@staffetta/fatturapa/finding.ts';
import type { InvoiceDetail } from '@staffetta/flow/invoice-details.ts';
import type { InvoiceStatus } from '@staffetta/flow/statuses.ts';
import { fileSentBefore, numberUsed, numberUsedByAnother, type EarlierInvoice } from './duplicate-findings.ts';
import type { NumberOwner, OwnedNumber, OwningInvoice } from './issued-numbers.ts';
import type { NumberClaim } from './number-claims.ts';
import { standsInTheWay, type NumberOwners } from './number-rights.ts';
import { toBeSigned } from './unsigned-transmissions.ts';

/** An invoice that would use numbers. */
export interface Claimant {
  readonly invoiceId: string;
  /** The number it will have in this hub. */
  readonly invoiceNumber: number;
  readonly customerId: number | null;
  readonly sha256: Buffer;
  readonly claims: readonly NumberClaim[];
}

/** What the rule says. */
export interface DuplicateDecision {
  /** Invoice id → what is to be said against it; those that may use their numbers are not in it. */
  readonly findings: ReadonlyMap<string, DocumentFinding[]>;
  /** Numbers that go to another owner than the store has. */
  readonly passed: readonly NumberOwner[];
  /** Numbers that were claimed in vain. */
  readonly freed: readonly NumberOwner[];
}

type Holder = Pick<OwningInvoice, 'invoiceId' | 'invoiceNumber' | 'customerId' | 'sha256'> & {
  readonly issuedOn: string;
  /** Of a stored one: where it stands. */
  readonly status?: InvoiceStatus;
  readonly detail?: string | null;
};
type Conflict = { readonly claim: NumberClaim; readonly holder: Holder };

/** Refused by us or by SdI: never issued, so that its number is free again. */
const freeing: readonly InvoiceStatus[] = ['INTERNAL_INVOICE_INVALID', 'INTERNAL_INVOICE_DISCARDED'];
const doubtful: InvoiceDetail = 'DECISION_NEEDED';
/** SdI takes what a public body refused once more, corrected, under the same number and date. */
const refusedByBody: InvoiceDetail = 'REFUSED';

/** A discard that a receipt contradicts frees nothing before somebody decided: it may be issued. */
function isFreed({ status, detail, deleted }: OwningInvoice): boolean {
  return deleted || detail === refusedByBody || (freeing.includes(status) && detail !== doubtful);
}

function holdersNow(
  owned: ReadonlyMap<string, OwnedNumber>,
  stored: ReadonlyMap<string, OwningInvoice>,
): Map<string, Holder> {
  const holders = new Map<string, Holder>();
  for (const [key, { invoiceId, issuedOn }] of owned) {
    const invoice = stored.get(invoiceId);
    if (invoice && !isFreed(invoice)) holders.set(key, { ...invoice, issuedOn });
  }
  return holders;
}

function conflictsOf(claimant: Claimant, holders: ReadonlyMap<string, Holder>): Conflict[] {
  return claimant.claims.flatMap((claim) => {
    const holder = holders.get(claim.key);
    return holder && holder.invoiceId !== claimant.invoiceId ? [{ claim, holder }] : [];
  });
}

/** Which numbers another one keeps, and which the claimant takes from it by right. */
function sortedConflicts(claimant: Claimant, holders: ReadonlyMap<string, Holder>, rights: NumberOwners) {
  const conflicts = conflictsOf(claimant, holders);
  const isLost = ({ claim: { supplier }, holder }: Conflict) =>
    standsInTheWay({ supplier, holder: holder.customerId, asker: claimant.customerId }, rights);
  return { lost: conflicts.filter(isLost), won: conflicts.filter((conflict) => !isLost(conflict)) };
}

function earlierOf({ invoiceNumber, issuedOn, customerId, ...holder }: Holder, claimant: Claimant): EarlierInvoice {
  const { status = 'INTERNAL_INVOICE_TOBE_SENT', detail } = holder;
  const isTheirs = customerId === claimant.customerId;
  return { invoiceNumber, issuedOn, isTheirs, status, waitsForSignature: detail === toBeSigned };
}

function findingsOf(claimant: Claimant, conflicts: readonly Conflict[]): DocumentFinding[] {
  const same = conflicts.find(({ holder }) => holder.sha256.equals(claimant.sha256));
  if (same) return [fileSentBefore(earlierOf(same.holder, claimant))];
  return conflicts.map(({ claim, holder }) => numberUsed(claim, earlierOf(holder, claimant)));
}

/**
 * Decides which invoices of a batch may use their numbers.
 * @param claimants in the order in which they came: the first one wins
 * @param owned key → who owns the number by the store, claims of this batch included
 * @param stored the owners that are stored
 * @param rights to whom VAT numbers belong: another customer's document keeps no number from them
 */
export function decideDuplicates(
  claimants: readonly Claimant[],
  owned: ReadonlyMap<string, OwnedNumber>,
  stored: ReadonlyMap<string, OwningInvoice>,
  rights: NumberOwners = new Map(),
): DuplicateDecision {
  const holders = holdersNow(owned, stored);
  const findings = new Map<string, DocumentFinding[]>();
  const claims = new Map<string, NumberClaim>();
  for (const claimant of claimants) {
    const { lost, won } = sortedConflicts(claimant, holders, rights);
    const said = lost.length > 0 ? findingsOf(claimant, lost) : won.map(({ claim }) => numberUsedByAnother(claim));
    if (said.length > 0) findings.set(claimant.invoiceId, said);
    for (const claim of claimant.claims) {
      claims.set(claim.key, claims.get(claim.key) ?? claim);
      if (lost.length === 0) holders.set(claim.key, { ...claimant, issuedOn: claim.issuedOn });
    }
  }
  return { findings, ...changesOf(claims, holders, owned, stored) };
}

/** What of the store's rows has to be put right. */
function changesOf(
  claims: ReadonlyMap<string, NumberClaim>,
  holders: ReadonlyMap<string, Holder>,
  owned: ReadonlyMap<string, OwnedNumber>,
  stored: ReadonlyMap<string, OwningInvoice>,
): Pick<DuplicateDecision, 'passed' | 'freed'> {
  const passed: NumberOwner[] = [];
  const freed: NumberOwner[] = [];
  for (const [key, claim] of claims) {
    const before = owned.get(key);
    const now = holders.get(key);
    if (now && now.invoiceId !== before?.invoiceId) {
      passed.push({ claim: { ...claim, issuedOn: now.issuedOn }, invoiceId: now.invoiceId });
    } else if (!now && before && !stored.has(before.invoiceId)) {
      freed.push({ claim, invoiceId: before.invoiceId });
    }
  }
  return { passed, freed };
}
