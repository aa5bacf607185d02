// hub: follows files that were posted, by asking the hub, until the mail server took them or SdI has spoken.
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from './cli-error.ts';
import { lineOfFinding } from './finding-line.ts';
import { ask } from './gateway-client.ts';
import { inParallel } from './in-parallel.ts';
import type { Access } from './options.ts';
import { createProgress } from './progress.ts';
import { isOpen, type Sent, type Until } from './sent-file.ts';
import type { ListedInvoice } from './told-invoice.ts';

const atOnce = 8;

/** How files are followed. */
export interface FollowPlan {
  readonly access: Access;
  readonly until: Until;
  /** Milliseconds of real time. */
  readonly waitMs: number;
}

/** Troubles of a mailbox with which nothing can be read. */
const unread: ReadonlySet<string> = new Set(['SERVER_AWAY', 'LOGIN_REFUSED', 'FOLDER_MISSING']);

interface ShownMailbox {
  readonly configured?: boolean;
  readonly lookedAt?: string | null;
  readonly troubles?: readonly { readonly code: string }[];
}

function isRead({ configured, lookedAt, troubles = [] }: ShownMailbox): boolean {
  return configured === true && typeof lookedAt === 'string' && !troubles.some(({ code }) => unread.has(code));
}

/**
 * Says how far files can be followed: SdI's word comes where the hub reads a PEC mailbox.
 * @param access the gateway; who may not ask about mailboxes follows until the mail server took the file
 */
export async function followable(access: Access): Promise<Until> {
  // A gateway that went away after the posting is told of by whoever follows; the report must not be lost to it.
  const answer = await ask(access, { path: '/mailbox/api/mailboxes' }).catch((error: unknown) => {
    if (error instanceof CliError) return undefined;
    throw error;
  });
  const { status, body } = answer ?? { status: 0, body: undefined };
  return status === 200 && Array.isArray(body) && (body as ShownMailbox[]).some(isRead) ? 'sdi' : 'sent';
}

function take(sent: Sent, invoice: ListedInvoice): void {
  const { invoiceNumber, invoiceStatus, detail, words, documents, findings = [] } = invoice;
  const errors = findings.filter(({ severity }) => severity === 'error');
  const why = errors.length > 0 ? errors.map(lineOfFinding).join('\n') : detail;
  delete sent.detail;
  delete sent.why;
  Object.assign(sent, {
    invoiceNumber,
    status: invoiceStatus,
    findings,
    ...(detail !== undefined && { detail }),
    ...(words && { words }),
    ...(documents && { documents }),
    ...(why !== undefined && { why }),
  });
}

async function look(sent: Sent, { access }: FollowPlan): Promise<void> {
  const query = `correlationId=${sent.correlationId}&documents=false`;
  const answer = await ask(access, { path: `/dbmanager/api/invoices?${query}` });
  const [invoice] = answer.status === 200 ? (answer.body as { content: readonly ListedInvoice[] }).content : [];
  if (invoice) take(sent, invoice);
}

/** Whether it could be done: where the gateway goes away what is known is told, and why it is no more. */
async function lookAtAll(open: readonly Sent[], plan: FollowPlan): Promise<boolean> {
  try {
    await inParallel(open, atOnce, (sent) => look(sent, plan));
    return true;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return false;
  }
}

/**
 * Follows files until nothing is open any more, or the time is over.
 * @param all the files; what becomes known is written into them
 * @param plan how far, how long
 */
export async function followAll(all: readonly Sent[], plan: FollowPlan): Promise<void> {
  const end = Date.now() + plan.waitMs;
  const progress = createProgress('done', all.length);
  for (let waitMs = 100; ; waitMs = Math.min(waitMs * 1.5, 1000)) {
    const open = all.filter((sent) => isOpen(sent, plan.until));
    progress.show(all.length - open.length);
    if (open.length === 0 || Date.now() >= end) break;
    await sleep(waitMs);
    if (!(await lookAtAll(open, plan))) break;
  }
  progress.end();
}
