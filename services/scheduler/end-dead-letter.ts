// scheduler: what an operator may do with a dead letter: send it once more, or let it go with a reason.
import { HubError } from '@staffetta/flow/errors.ts';
import { eventHeaders } from '@staffetta/flow/flows.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import type { World } from '@staffetta/platform/service.ts';
import { noteAct } from './audit.ts';
import { closeTwins, endDeadLetter, findDeadLetter, type DeadLetter } from './dead-letters.ts';

/** An operator's act on one dead letter. */
export interface Ending {
  readonly deadLetterId: string;
  readonly by: string;
  readonly reason: string | undefined;
}

/**
 * Finds a dead letter or says that there is none.
 * @throws HubError DEAD_LETTER_UNKNOWN
 */
export async function needDeadLetter(world: World, deadLetterId: string): Promise<DeadLetter> {
  const letter = await findDeadLetter(world.store, deadLetterId);
  if (!letter) throw new HubError('DEAD_LETTER_UNKNOWN', `There is no dead letter ${deadLetterId}.`);
  return letter;
}

async function end(world: World, letter: DeadLetter, ending: Ending, what: 'replay' | 'discard'): Promise<void> {
  const at = world.clock.now();
  const state = what === 'replay' ? 'replayed' : 'discarded';
  await world.store.transaction(async (tx) => {
    const taken = await endDeadLetter(tx, { ...ending, state, at });
    if (!taken)
      throw new HubError('DEAD_LETTER_CLOSED', `The dead letter ${ending.deadLetterId} is not open any more.`);
    await closeTwins(tx, letter, ending.by, at);
    await noteAct(tx, { at, who: ending.by, what, deadLetterId: ending.deadLetterId, why: ending.reason });
    if (what === 'replay') world.bus.publishIn(tx, [replayOf(letter)]);
  });
}

function replayOf(letter: DeadLetter) {
  return {
    topic: letter.originalTopic,
    key: letter.key,
    value: letter.payload,
    headers: {
      ...letter.keptHeaders,
      // A fresh id, or consumers that remember would take it for what they know; natural keys keep the effect single.
      [eventHeaders.eventId]: uuidv7(),
      [eventHeaders.replayOf]: letter.deadLetterId,
    },
  };
}

/**
 * Sends a dead letter to its original topic once more; it becomes `replayed` in the same transaction.
 * @throws HubError DEAD_LETTER_UNKNOWN, DEAD_LETTER_CLOSED
 */
export async function replayDeadLetter(world: World, ending: Ending): Promise<DeadLetter> {
  const letter = await needDeadLetter(world, ending.deadLetterId);
  await end(world, letter, ending, 'replay');
  return needDeadLetter(world, ending.deadLetterId);
}

/**
 * Lets a dead letter go, for a reason that is kept.
 * @throws HubError DEAD_LETTER_UNKNOWN, DEAD_LETTER_CLOSED
 */
export async function discardDeadLetter(world: World, ending: Ending): Promise<DeadLetter> {
  const letter = await needDeadLetter(world, ending.deadLetterId);
  await end(world, letter, ending, 'discard');
  return needDeadLetter(world, ending.deadLetterId);
}
