// dbmanager: insists that numbers of a register went only to what is new and goes out alone under them; else none was given. Pure.
import type { DocumentFinding } from '@staffetta/fatturapa/finding.ts';
import { refusedJson, type IncomingRequest } from './incoming-request.ts';
import { numberNotKept } from './number-findings.ts';

/** A request whose numbers were not kept in one of the tries. */
interface Loss {
  readonly tries: number;
  /** What the archive said against the numbers that it brought itself. */
  readonly findings: readonly DocumentFinding[];
}

/** Invoice id → its losses; it outlives the tries of one transaction. */
export type LostNumbers = Map<string, Loss>;

/** What became of a request with numbers. */
export interface NumberOutcome {
  readonly request: IncomingRequest;
  /** Whether it is new and goes out. */
  readonly kept: boolean;
  /** What the archive says of it. */
  readonly findings: readonly DocumentFinding[];
}

/** How often somebody else may be quicker before a document is refused. */
const lossesMax = 2;

/** The code makes the store run the transaction again, which then sees who was quicker. */
class NumberNotKept extends Error {
  readonly code = '40001';
}

function isGiven({ numbered = [] }: IncomingRequest, { code, value }: DocumentFinding): boolean {
  return code === '00404' && value !== undefined && numbered.includes(value);
}

function isLost({ request, kept, findings }: NumberOutcome): boolean {
  if (!request.numbered) return false;
  return !kept || findings.some((finding) => isGiven(request, finding));
}

/**
 * Refuses a document that cannot keep its numbers, instead of trying for ever: one whose own numbers are used at once, one that others
 * were quicker than after some tries.
 * @param request a request of the batch
 * @param lost from the tries before
 */
export function refuseLosing(request: IncomingRequest, lost: LostNumbers): IncomingRequest {
  const loss = lost.get(request.invoiceId);
  if (!loss) return request;
  const isWrong = loss.findings.some(({ severity }) => severity === 'error');
  if (isWrong) return refusedJson(request, loss.findings);
  return loss.tries < lossesMax ? request : refusedJson(request, [numberNotKept()]);
}

/**
 * Insists that numbers went only to what is new and goes out, and that nobody else has them.
 * @param outcomes of the whole batch
 * @param lost notes who could not keep its numbers
 * @throws Error with code 40001 where one could not: the transaction runs again, and none was given
 */
export function insistOnNumbers(outcomes: readonly NumberOutcome[], lost: LostNumbers): void {
  const losers = outcomes.filter(isLost);
  for (const { request, findings } of losers) {
    const tries = (lost.get(request.invoiceId)?.tries ?? 0) + 1;
    lost.set(request.invoiceId, { tries, findings: findings.filter((finding) => !isGiven(request, finding)) });
  }
  const [first] = losers;
  if (first) throw new NumberNotKept(`The number given to invoice ${first.request.invoiceId} is not kept.`);
}
