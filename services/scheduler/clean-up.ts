// scheduler: the cleanup of old finished work.
import { forgetOldEvents } from '@staffetta/platform/bus/inbox.ts';
import type { World } from '@staffetta/platform/service.ts';
import { forgetEndedDeadLetters } from './dead-letters.ts';
import { forgetRuns } from './job-runs.ts';
import { removeOldReports } from './old-reports.ts';

/** How long finished work and reports are kept, milliseconds. */
export interface Keeping {
  readonly keepMs: number;
  readonly reportFolder: string;
  readonly reportKeepMs: number;
}

/**
 * Forgets ended dead letters, job runs and handled events of the bus that are older than a time; open dead letters stay for ever.
 * @param world the store
 * @param keeping how long what is kept
 * @param at the instant of the run
 * @returns what was forgotten, for the log
 */
export async function cleanUp(
  world: World,
  { keepMs, reportFolder, reportKeepMs }: Keeping,
  at: Date,
): Promise<{ deadLetters: number; events: number; remembered: number; reports: number }> {
  const before = new Date(at.getTime() - keepMs);
  const deadLetters = await forgetEndedDeadLetters(world.store, before);
  await forgetRuns(world.store, before);
  const events = await world.bus.deleteOldEvents(before, { deadLetters: true });
  // What is remembered must outlive the log, or an event read once more would be done once more.
  const remembered = await forgetOldEvents(world.store, new Date(before.getTime() - keepMs));
  const reports = await removeOldReports(reportFolder, new Date(at.getTime() - reportKeepMs));
  return { deadLetters, events, remembered, reports };
}
