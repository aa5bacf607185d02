// scheduler: the report of open alarms, which it asks the dbmanager for piece by piece.
import type { World } from '@staffetta/platform/service.ts';
import { askReport } from './ask-report.ts';
import type { Report } from './write-report.ts';

/** A row as the dbmanager gives it; times are Rome wall times. */
interface AlarmRow {
  readonly alarmId: string;
  readonly kind: string;
  readonly invoiceNumber: number;
  readonly username: string | null;
  readonly email: string | null;
  readonly since: string;
  readonly dueAt: string;
  /** In Italian, as the columns. */
  readonly words: string;
}

async function* rowsOf(world: World, size: number): AsyncGenerator<(string | number | null)[]> {
  for (let after = ''; ;) {
    const page = await askReport<AlarmRow>(world, `/api/report/alarms?size=${size}${after}`);
    for (const { kind, invoiceNumber, username, email, since, dueAt, words } of page) {
      yield [kind, invoiceNumber, username, email, since, dueAt, words];
    }
    const last = page.at(-1);
    if (!last || page.length < size) return;
    after = `&after=${last.alarmId}`;
  }
}

/**
 * Makes the report of open alarms: what should have happened by now and did not.
 * @param world the dbmanager's address and who we are
 * @param pageSize how many are asked for at once
 */
export function alarmReport(world: World, pageSize: number): Report {
  const columns = ['Allarme', 'Numero_Fattura', 'Username_Customer', 'Email_Customer', 'Da', 'Scadenza', 'Spiegazione'];
  return { name: 'alarms', columns, rows: rowsOf(world, pageSize) };
}
