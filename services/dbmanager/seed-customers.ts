// dbmanager: the customers that the contract's clients expect on a new store, with profiles for trying.
import type { FiscalProfile } from '@staffetta/fatturapa/compose/short-party.ts';
import type { Store } from '@staffetta/platform/store/store.ts';
import { seedProfile } from './fiscal-profiles.ts';
import { alignCustomerIds, seedEmptyStore, type SeedCustomer } from './customers.ts';

const contractCustomers: readonly SeedCustomer[] = [
  { customerId: 1, username: 'sdi_user', email: 'sdi_user@staffetta.example', customerType: 'SDI' },
  { customerId: 2, username: 'test_user_1', email: 'test_user_1@staffetta.example', customerType: 'ARUBA' },
  { customerId: 3, username: 'test_user_2', email: 'test_user_2@staffetta.example', customerType: 'ARUBA' },
  { customerId: 4, username: 'test_user_3', email: 'test_user_3@staffetta.example', customerType: 'ARUBA' },
];

/** Firms that do not exist, so that a newcomer can send an invoice as JSON at once; their numbers are only formally right. */
export const trialProfiles: ReadonlyMap<number, FiscalProfile> = new Map([
  [
    2,
    {
      name: 'Officina Esempio S.r.l.',
      vatNumber: 'IT03123450672',
      taxCode: '03123450672',
      taxRegime: 'RF01',
      address: { street: 'Corso Esempio', number: '3', postcode: '64100', city: 'Teramo', province: 'TE' },
      contacts: { email: 'officina@staffetta.example' },
      defaults: {
        vatRate: '22.00',
        payment: { method: 'MP05', days: 30, iban: 'IT60X0542811101000000123456' },
      },
    },
  ],
  [
    3,
    {
      firstName: 'Giulia',
      lastName: 'Bianchi',
      vatNumber: 'IT11223344554',
      taxRegime: 'RF19',
      address: { street: 'Via delle Prove', number: '12', postcode: '20121', city: 'Milano', province: 'MI' },
      defaults: { payment: { method: 'MP05', days: 30, iban: 'IT60X0542811101000000123456' } },
    },
  ],
  [
    4,
    {
      firstName: 'Marco',
      lastName: 'Verdi',
      vatNumber: 'IT01234567897',
      taxRegime: 'RF01',
      address: { street: 'Piazza del Collaudo', number: '1', postcode: '00184', city: 'Roma', province: 'RM' },
      defaults: {
        vatRate: '22.00',
        socialFund: { type: 'TC02', rate: '4.00' },
        withholding: { type: 'RT01', rate: '20.00', reason: 'A' },
        payment: { method: 'MP05', days: 30, iban: 'IT60X0542811101000000123456' },
      },
    },
  ],
]);

/**
 * Gives a store that never had a customer the contract's four, and three of them a profile where they have none.
 * @param store the database
 * @param at the instant
 */
export async function seedCustomers(store: Store, at: Date): Promise<void> {
  await store.transaction(async (tx) => {
    if ((await seedEmptyStore(tx, contractCustomers, at)) > 0) await alignCustomerIds(tx);
    for (const customer of contractCustomers) {
      const profile = trialProfiles.get(customer.customerId);
      if (profile) await seedProfile(tx, customer, profile, at);
    }
  });
}
