// scheduler: which run of which job was taken, so that two schedulers at once do it once. Store: scheduler.job_run.
import type { Queryable } from '@staffetta/platform/store/store.ts';

/**
 * Takes a run of a job.
 * @param db the store
 * @param job the job's name
 * @param slot the instant at which the run is due, the same for every scheduler
 * @returns false where another scheduler took it
 */
export async function takeRun(db: Queryable, job: string, slot: Date): Promise<boolean> {
  const { rowCount } = await db.query({
    text: 'INSERT INTO scheduler.job_run (job, slot) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    values: [job, slot],
  });
  return rowCount === 1;
}

/**
 * Forgets runs before an instant.
 * @param db the store
 * @param before the instant
 */
export async function forgetRuns(db: Queryable, before: Date): Promise<void> {
  await db.query({ text: 'DELETE FROM scheduler.job_run WHERE slot < $1', values: [before] });
}
