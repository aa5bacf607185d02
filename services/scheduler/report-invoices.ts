// scheduler: the report of invoices, which it asks the dbmanager for page by page.
import type { World } from '@staffetta/platform/service.ts';
import { askReport } from './ask-report.ts';
import type { Report } from './write-report.ts';

/** A row as the dbmanager gives it; times are Rome wall times. */
interface InvoiceRow {
  readonly invoiceStatus: string;
  readonly invoiceNumber: number;
  readonly username: string | null;
  readonly email: string | null;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly updatedAt: string | null;
  readonly updatedBy: string | null;
}

async function* rowsOf(world: World, size: number): AsyncGenerator<(string | number | null)[]> {
  for (let after = 0; ;) {
    const page = await askReport<InvoiceRow>(world, `/api/report/invoices?after=${after}&size=${size}`);
    for (const row of page) {
      yield [
        row.invoiceStatus,
        row.invoiceNumber,
        row.username,
        row.email,
        row.createdAt,
        row.createdBy,
        row.updatedAt,
        row.updatedBy,
      ];
    }
    const last = page.at(-1);
    if (!last || page.length < size) return;
    after = last.invoiceNumber;
  }
}

/**
 * Makes the report of all invoices, in the contract's columns.
 * @param world the dbmanager's address and who we are
 * @param pageSize how many are asked for at once
 */
export function invoiceReport(world: World, pageSize: number): Report {
  const columns = [
    'Stato_Fattura',
    'Numero_Fattura',
    'Username_Customer',
    'Email_Customer',
    'Data_Creazione',
    'Creato_Da',
    'Data_Update',
    'Aggiornato_Da',
  ];
  return { name: 'invoices', columns, rows: rowsOf(world, pageSize) };
}
