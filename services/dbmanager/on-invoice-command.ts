// dbmanager: does what trusted systems ask about invoices by message; the outcome goes out on savedInvoice.
import { HubError } from '@staffetta/flow/errors.ts';
import type { Finding } from '@staffetta/flow/messages.ts';
import { rememberEvents } from '@staffetta/platform/bus/inbox.ts';
import type { FlowStep, Incoming, World } from '@staffetta/platform/service.ts';
import type { Tx } from '@staffetta/platform/store/store.ts';
import { changeInvoice, changeStatus, deleteInvoice, type Target } from './change-invoices.ts';
import type { DbmanagerOptions } from './config.ts';
import { newInvoiceEvent } from './create-invoice.ts';
import { repeatedEvent, unknownEvent } from './invoice-events.ts';
import { documentJson } from './invoice-value.ts';
import { findInvoice, readInvoices, type FullInvoiceView } from './invoice-views.ts';
import { causeOf } from './on-incoming-invoice.ts';

type Command = Incoming<'invoiceCommand'>;

const group = 'dbmanager.invoiceCommand';
const by = 'invoiceCommand';

function targetOf({ message }: Command): Target {
  const { invoiceNumber, customer } = message;
  if (invoiceNumber === undefined) throw new HubError('BODY_NOT_VALID', 'The command needs an invoiceNumber.');
  return { invoiceNumber, customerId: customer?.customerId };
}

function create(world: World, tx: Tx, event: Command, options: DbmanagerOptions): void {
  const { message, eventId, correlationId } = event;
  if (!message.customer) throw new HubError('BODY_NOT_VALID', 'The command needs a customer with its customerId.');
  const { invoice, file, document, fileName, callback } = message;
  const wish = { customerId: message.customer.customerId, invoice, file, document, fileName, callback };
  const request = {
    ...wish,
    correlationId,
    correlationGiven: message.correlationId !== undefined && message.correlationId !== '',
    by,
    causationId: eventId,
  };
  world.bus.publishIn(tx, [newInvoiceEvent(request, options.documentBytesMax)]);
}

function tell(world: World, tx: Tx, event: Command, view: FullInvoiceView, findings: Finding[] = []): void {
  const document = documentJson(view, view.bytes);
  world.bus.publishIn(tx, [repeatedEvent(view, document, causeOf(event), findings)]);
}

async function update(world: World, tx: Tx, event: Command): Promise<void> {
  const { invoiceStatus } = event.message;
  const act = { by, at: world.clock.now() };
  const target = targetOf(event);
  const invoiceId = await changeInvoice(tx, target, event.message, act);
  const moved =
    invoiceStatus !== undefined &&
    (await changeStatus(tx, world.bus, target, invoiceStatus, act, causeOf(event))).moved;
  if (moved) return;
  const view = (await readInvoices(tx, [invoiceId])).get(invoiceId);
  if (view) tell(world, tx, event, view);
}

async function remove(world: World, tx: Tx, event: Command): Promise<void> {
  const invoiceId = await deleteInvoice(tx, targetOf(event), { by, at: world.clock.now() });
  const view = (await readInvoices(tx, [invoiceId])).get(invoiceId);
  if (view) tell(world, tx, event, { ...view, detail: 'DELETED' });
}

async function obey(world: World, tx: Tx, event: Command, options: DbmanagerOptions): Promise<void> {
  if ((await rememberEvents(tx, group, [event.eventId])).size === 0) return;
  switch (event.message.command) {
    case 'create':
      return create(world, tx, event, options);
    case 'update':
      return update(world, tx, event);
    case 'delete':
      return remove(world, tx, event);
  }
}

function findingOf(error: HubError): Finding {
  const text = `${error.message} ${error.help}`;
  return { code: error.code, severity: 'error', message: { it: text, en: text } };
}

/** Answers a refusal about the invoice as it is, or as INVALID where only its customer is known; false where nobody can be told. */
async function answerRefusal(world: World, event: Command, error: HubError): Promise<boolean> {
  const { invoiceNumber, customer } = event.message;
  return world.store.transaction(async (tx) => {
    const found = invoiceNumber === undefined ? undefined : await findInvoice(tx, invoiceNumber);
    const theirs = found && (customer === undefined || customer.customerId === found.claimedCustomerId);
    if (!theirs && !customer) return false;
    if ((await rememberEvents(tx, group, [event.eventId])).size === 0) return true;
    if (theirs) {
      tell(world, tx, event, found, [findingOf(error)]);
    } else if (customer) {
      const asked = { customerId: customer.customerId, ...(invoiceNumber !== undefined && { invoiceNumber }) };
      world.bus.publishIn(tx, [unknownEvent(event.key, asked, findingOf(error), causeOf(event))]);
    }
    return true;
  });
}

function isRefusal(error: unknown): error is HubError {
  return error instanceof HubError && ['badRequest', 'notFound', 'conflict', 'tooLarge'].includes(error.kind);
}

/**
 * Makes the step for `invoiceCommand`: the rules of REST; a creation enters the saga as `incomingInvoice`. Commands are rare, so
 * each has its own transaction: a refused one undoes no other.
 * @param world store, bus and clock
 * @param options limits
 */
export function obeyInvoiceCommands(world: World, options: DbmanagerOptions): FlowStep<'invoiceCommand'> {
  return async (batch) => {
    const failed: { event: Command; error: unknown }[] = [];
    for (const event of batch) {
      try {
        await world.store.transaction((tx) => obey(world, tx, event, options));
      } catch (error) {
        if (error instanceof HubError && error.kind === 'unavailable') throw error;
        if (!isRefusal(error) || !(await answerRefusal(world, event, error))) failed.push({ event, error });
      }
    }
    return failed;
  };
}
