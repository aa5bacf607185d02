// fatturapa: whose habits a document follows: the profile's own, unless somebody else sells.
import type { OrdinaryDraft } from './draft.ts';
import { idFiscaleOf } from './party-blocks.ts';
import type { ShortInvoice } from './short-invoice.ts';
import type { FiscalProfile } from './short-party.ts';

/** What a profile says where a document says nothing. */
export type Defaults = NonNullable<FiscalProfile['defaults']>;

/**
 * Finds the habits that fill a document up. One that names its supplier is another's: the profile's bank account, rates, funds and notes
 * would be wrong in it. Where numbers come from is no such habit: the hub's customer numbers what it writes for others, too.
 * @param invoice the shorter shape
 * @param profile whose document it is
 */
export function defaultsFor(
  invoice: Pick<ShortInvoice, 'supplier'>,
  profile: FiscalProfile | undefined,
): Defaults | undefined {
  return invoice.supplier ? undefined : profile?.defaults;
}

/**
 * Finds the habits that fill up a file in the model's shape: the profile's, unless the file spells out another seller (by VAT number).
 * @param draft the file as it was sent
 * @param profile whose file it is
 */
export function defaultsForModel(
  draft: Pick<OrdinaryDraft, 'FatturaElettronicaHeader'>,
  profile: FiscalProfile | undefined,
): Defaults | undefined {
  const seller = draft.FatturaElettronicaHeader?.CedentePrestatore;
  if (!seller || !profile) return profile?.defaults;
  const { IdPaese, IdCodice } = seller.DatiAnagrafici?.IdFiscaleIVA ?? {};
  const own = idFiscaleOf(profile.vatNumber, profile.address.country ?? 'IT');
  return IdPaese === own.IdPaese && IdCodice?.toUpperCase() === own.IdCodice ? profile.defaults : undefined;
}
