// hub: posts files through the gateway, a few at a time; where it goes away in the middle, the rest is told as not posted.
import { uuidv7 } from '@staffetta/platform/ids.ts';
import { CliError } from './cli-error.ts';
import type { ShownFinding } from './finding-line.ts';
import { ask, explain } from './gateway-client.ts';
import { inParallel } from './in-parallel.ts';
import type { Access } from './options.ts';
import { readPosting, type PostingWishes } from './posting.ts';
import { createProgress } from './progress.ts';
import type { Sent } from './sent-file.ts';

const atOnce = 8;

/** What is posted, where to and for whom. */
export interface PostPlan extends PostingWishes {
  readonly access: Access;
  /** As suppliers' invoices. */
  readonly external: boolean;
}

async function post(file: string, plan: PostPlan): Promise<Sent> {
  const correlationId = uuidv7();
  const posting = await readPosting(file, plan);
  // Of a file that cannot be read the report tells; the others are on their way.
  if ('why' in posting) return { file, correlationId, status: 'REFUSED', ...posting };
  const { query, contentType, body } = posting;
  const endpoint = plan.external ? 'salvaFatturaEsterna' : 'salvaFatturaInterna';
  const answer = await ask(plan.access, {
    method: 'POST',
    path: `/receiver/api/${endpoint}${query}`,
    headers: { 'content-type': contentType, 'x-correlation-id': correlationId, 'idempotency-key': correlationId },
    body,
  });
  if (answer.status === 202) return { file, correlationId, status: 'ACCEPTED' };
  if (answer.status === 401) throw new CliError(explain(answer));
  const { findings } = (answer.body ?? {}) as { findings?: readonly ShownFinding[] };
  return { file, correlationId, status: 'REFUSED', why: explain(answer), ...(findings && { findings }) };
}

function notPosted(file: string, { message, told }: CliError): Sent {
  return { file, correlationId: '', status: 'NOT_POSTED', why: told?.en ?? message, ...(told && { told }) };
}

/**
 * Posts files.
 * @param files their paths
 * @param plan where to and for whom
 * @returns one row a file, in their order
 * @throws CliError where nothing could be posted at all
 */
export async function postAll(files: readonly string[], plan: PostPlan): Promise<Sent[]> {
  const progress = createProgress('posted', files.length);
  let [posted, accepted] = [0, 0];
  let broken: CliError | undefined;
  const all = await inParallel(files, atOnce, async (file): Promise<Sent> => {
    const sent = broken
      ? notPosted(file, broken)
      : await post(file, plan).catch((error: unknown) => {
          if (!(error instanceof CliError)) throw error;
          broken ??= error;
          return notPosted(file, error);
        });
    if (sent.status === 'ACCEPTED') accepted++;
    progress.show(++posted);
    return sent;
  });
  progress.end();
  // Nothing is lost with the report where nothing was posted.
  if (broken && accepted === 0) throw broken;
  return all;
}
