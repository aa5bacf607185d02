// dbmanager: the customers that the contract's clients expect on a new store.
import type { Store } from '@staffetta/platform/store/store.ts';
import { alignCustomerIds, seedEmptyStore, type SeedCustomer } from './customers.ts';

const contractCustomers: readonly SeedCustomer[] = [
  { customerId: 1, username: 'sdi_user', email: 'sdi_user@staffetta.example', customerType: 'SDI' },
  { customerId: 2, username: 'test_user_1', email: 'test_user_1@staffetta.example', customerType: 'ARUBA' },
  { customerId: 3, username: 'test_user_2', email: 'test_user_2@staffetta.example', customerType: 'ARUBA' },
  { customerId: 4, username: 'test_user_3', email: 'test_user_3@staffetta.example', customerType: 'ARUBA' },
];

/**
 * Gives a store that never had a customer the contract's four.
 * @param store the database
 * @param at the instant
 */
export async function seedCustomers(store: Store, at: Date): Promise<void> {
  await store.transaction(async (tx) => {
    if ((await seedEmptyStore(tx, contractCustomers, at)) > 0) await alignCustomerIds(tx);
  });
}
