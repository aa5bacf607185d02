// scheduler: the cleanup of old finished work.
import type { World } from '@staffetta/platform/service.ts';
import { forgetEndedDeadLetters } from './dead-letters.ts';
import { forgetRuns } from './job-runs.ts';

/**
 * Forgets ended dead letters and job runs that are older than a time; open ones stay for ever.
 * @param world the store
 * @param keepMs how long finished work is kept, milliseconds
 * @param at the instant of the run
 * @returns what was forgotten, for the log
 */
export async function cleanUp(world: World, keepMs: number, at: Date): Promise<{ deadLetters: number }> {
  const before = new Date(at.getTime() - keepMs);
  const deadLetters = await forgetEndedDeadLetters(world.store, before);
  await forgetRuns(world.store, before);
  return { deadLetters };
}
