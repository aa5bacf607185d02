// scheduler: writes a csv whole or not at all: a temporary file first, then its name.
import { stringify } from 'csv-stringify';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { toRomeWallTime } from '@staffetta/platform/clock.ts';

/** A report to write: its columns, and its rows as they come. */
export interface Report {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: AsyncIterable<readonly (string | number | null)[]>;
}

/**
 * Names a report's file after the time of its run.
 * @param name the report's name
 * @param at the instant; Rome's wall time is written, to the second
 * @returns for example `invoices-20261122-101530.csv`
 */
export function reportFileName(name: string, at: Date): string {
  const [day = '', time = ''] = toRomeWallTime(at).split('T');
  return `${name}-${day.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}.csv`;
}

/**
 * Writes a report: UTF-8, commas, quotes where needed, a line of column names first. Cells that a spreadsheet would take for
 * formulas get an apostrophe in front (OWASP, CSV injection).
 * @param folder where to; made if missing
 * @param report columns and rows
 * @param at the instant of the run, for the name
 * @returns the file's path
 */
export async function writeReport(folder: string, report: Report, at: Date): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, reportFileName(report.name, at));
  const temporary = `${path}.${process.pid}.part`;
  try {
    const csv = stringify({ header: true, columns: [...report.columns], escape_formulas: true });
    await pipeline(report.rows, csv, createWriteStream(temporary, { mode: 0o640 }));
    await rename(temporary, path);
    return path;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
