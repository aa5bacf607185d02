// dbmanager: where a received invoice and each of its bodies stand, by everything that is known. Pure.
import {
  detailOfLot,
  receivedDetail,
  type GivenAnswer,
  type ReceivedDetail,
  type ReceivedFacts,
} from '@staffetta/flow/received-details.ts';
import type { ReceivedAnswer } from './received-answers.ts';
import type { ReceivedFileState } from './received-files.ts';

/** What is known of a received invoice. */
export interface KnownReceived {
  readonly isOwn: boolean;
  readonly file: ReceivedFileState;
  /** The oldest first. */
  readonly answers: readonly ReceivedAnswer[];
}

/** Where it stands: each body in its order, and all of it. */
export interface ReceivedStanding {
  readonly bodies: ReadonlyMap<number, ReceivedDetail>;
  readonly detail: ReceivedDetail;
}

function given({ outcome, mail, discardedAt }: ReceivedAnswer): GivenAnswer {
  return { outcome, mail, discarded: discardedAt !== null };
}

function isAbout({ position: about }: ReceivedAnswer, position: number | null): boolean {
  return about === null || position === null || about === position;
}

function factsOf({ isOwn, file, answers }: KnownReceived, position: number | null, at: Date): ReceivedFacts {
  const latest = answers.findLast((answer) => isAbout(answer, position));
  const isTold = file.toldAt !== null || (position !== null && file.toldPositions.includes(position));
  return {
    isOwn,
    answer: latest && given(latest),
    deadlineTold: isTold,
    deadlineReached: file.answerBy !== null && at >= file.answerBy,
  };
}

/**
 * Says where a received invoice stands.
 * @param known everything that is known of it
 * @param positions its bodies, in their order; none where the document could not be read
 * @param at the instant
 */
export function standingOf(known: KnownReceived, positions: readonly number[], at: Date): ReceivedStanding {
  const bodies = new Map(positions.map((place) => [place, receivedDetail(factsOf(known, place, at))]));
  const detail = bodies.size === 0 ? receivedDetail(factsOf(known, null, at)) : detailOfLot([...bodies.values()]);
  return { bodies, detail };
}
