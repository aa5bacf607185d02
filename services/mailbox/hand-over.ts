// mailbox: hands one thing of a mail to whom it concerns and says what came of it.
import type { MailInHand, ThingResult } from './mails.ts';
import type { Neighbours, Reply } from './neighbours.ts';
import type { Thing } from './plan-mail.ts';
import { storableText } from '@staffetta/platform/store/storable-text.ts';

/** What is handed over by HTTP; receipts and addresses travel on the bus. */
export type HandedThing = Extract<Thing, { what: 'notice' | 'invoice' }>;

type InvoiceThing = Extract<Thing, { what: 'invoice' }>;
type Came = Pick<ThingResult, 'outcome' | 'words' | 'customerId'>;

function came(reply: Reply): Came {
  if (reply.outcome === 'taken') return { outcome: 'handedOver' };
  return { outcome: reply.outcome, words: reply.words };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

interface Found {
  readonly customerId: number;
  readonly callback?: string;
}

function foundIn(body: unknown): Found | undefined {
  const { customerId, callback } = (body ?? {}) as { customerId?: unknown; callback?: unknown };
  if (typeof customerId !== 'number') return undefined;
  return typeof callback === 'string' && callback !== '' ? { customerId, callback } : { customerId };
}

/** Whose the invoice is, or what is said of it that nobody, or more than one, was found. */
async function recipientOf({ recipient }: InvoiceThing, neighbours: Neighbours): Promise<Found | Came> {
  if (Object.keys(recipient).length === 0) {
    return { outcome: 'unknownRecipient', words: 'The invoice says nothing by which its recipient can be found.' };
  }
  const reply = await neighbours.findRecipient(recipient);
  if (reply.outcome === 'failed') return came(reply);
  if (reply.outcome === 'taken') {
    return foundIn(reply.body) ?? { outcome: 'failed', words: 'The dbmanager named no customer.' };
  }
  if (reply.status === 404) return { outcome: 'unknownRecipient', words: reply.words };
  return reply.status === 409 ? { outcome: 'severalRecipients', words: reply.words } : came(reply);
}

async function handInvoice(thing: InvoiceThing, mail: MailInHand, neighbours: Neighbours): Promise<Came> {
  const found = await recipientOf(thing, neighbours);
  if ('outcome' in found) return found;
  const body = {
    customer: { customerId: found.customerId },
    file: base64(thing.bytes),
    fileName: thing.name,
    metadata: base64(thing.metadata),
    ...(thing.metadataName !== undefined && { metadataName: thing.metadataName }),
    mailbox: mail.mailbox,
    ...(thing.certifiedAt !== undefined && { certifiedAt: thing.certifiedAt }),
    ...(found.callback !== undefined && { callback: found.callback }),
  };
  return { ...came(await neighbours.handInvoice(body, thing.sdiId, mail.mailId)), customerId: found.customerId };
}

/**
 * Hands a thing over; done twice, it has one effect.
 * @param thing what
 * @param mail whose it is; its id is the correlation id
 * @param neighbours whom to give it
 * @returns what came of it, but for when
 * @throws HubError SERVICE_AWAY where it is not known whether it was taken, or nobody can take it now
 */
export async function handOver(
  thing: HandedThing,
  mail: MailInHand,
  neighbours: Neighbours,
): Promise<Omit<ThingResult, 'at'>> {
  const result =
    thing.what === 'notice'
      ? came(await neighbours.handNotice(thing, mail.mailId))
      : await handInvoice(thing, mail, neighbours);
  const named = thing.name !== undefined && { name: storableText(thing.name, 255) };
  return { id: thing.id, what: thing.what, ...named, ...result };
}
