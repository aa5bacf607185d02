// dbmanager: does what trusted systems ask about customers by message; the outcome goes out on savedCustomer.
import { HubError } from '@staffetta/flow/errors.ts';
import { speakAs } from '@staffetta/flow/events.ts';
import type { CustomerCommand, SavedCustomer } from '@staffetta/flow/messages.ts';
import { rememberEvents } from '@staffetta/platform/bus/inbox.ts';
import type { FlowStep, Incoming, World } from '@staffetta/platform/service.ts';
import type { Tx } from '@staffetta/platform/store/store.ts';
import { changeCustomer, createCustomer, deleteCustomer, readCustomerWish, type Act } from './change-customers.ts';
import type { CustomerFields, Customer } from './customers.ts';
import { customerDto } from './invoice-value.ts';

type Command = Incoming<'customerCommand'>;

const speak = speakAs('dbmanager');
const group = 'dbmanager.customerCommand';

function idOf({ customerId }: CustomerCommand): number {
  if (customerId === undefined) throw new HubError('BODY_NOT_VALID', 'The command needs a customerId.');
  return customerId;
}

async function perform(
  tx: Tx,
  message: CustomerCommand,
  fields: CustomerFields,
  act: Act,
): Promise<Customer | undefined> {
  switch (message.command) {
    case 'create':
      return createCustomer(tx, fields, act);
    case 'update':
      return changeCustomer(tx, idOf(message), fields, act);
    case 'delete':
      await deleteCustomer(tx, idOf(message), act);
      return undefined;
  }
}

/** What the asker may hear as an answer; everything else is tried again or set aside. */
const answers: Partial<Record<HubError['kind'], string>> = { badRequest: '400', notFound: '404', conflict: '409' };

function refusedAnswer(command: CustomerCommand['command'], error: unknown): SavedCustomer | undefined {
  const statusCode = error instanceof HubError ? answers[error.kind] : undefined;
  return statusCode && error instanceof HubError
    ? { command, statusCode, statusMsg: `${error.message} ${error.help}` }
    : undefined;
}

async function obey(world: World, tx: Tx, event: Command, fields: CustomerFields): Promise<void> {
  if ((await rememberEvents(tx, group, [event.eventId])).size === 0) return;
  const { command } = event.message;
  const customer = await perform(tx, event.message, fields, { by: 'customerCommand', at: world.clock.now() });
  const statusCode = command === 'create' ? '201' : '200';
  const answer: SavedCustomer = {
    command,
    statusCode,
    statusMsg: 'OK',
    ...(customer && { customer: customerDto(customer) }),
  };
  world.bus.publishIn(tx, [answerEvent(event, answer)]);
}

function answerEvent(event: Command, answer: SavedCustomer) {
  const { eventId, correlationId } = event;
  return speak('savedCustomer', event.key, answer, {
    eventId: `${eventId}:answer`,
    correlationId,
    causationId: eventId,
  });
}

async function answerRefusal(world: World, event: Command, answer: SavedCustomer): Promise<void> {
  await world.store.transaction(async (tx) => {
    if ((await rememberEvents(tx, group, [event.eventId])).size === 0) return;
    world.bus.publishIn(tx, [answerEvent(event, answer)]);
  });
}

/**
 * Makes the step for `customerCommand`: the rules of REST. Commands are rare, so each has its own transaction: a refused one undoes
 * no other.
 * @param world store, bus and clock
 */
export function obeyCustomerCommands(world: World): FlowStep<'customerCommand'> {
  return async (batch) => {
    const failed: { event: Command; error: unknown }[] = [];
    for (const event of batch) {
      try {
        const fields = await readCustomerWish(event.message);
        await world.store.transaction((tx) => obey(world, tx, event, fields));
      } catch (error) {
        const answer = refusedAnswer(event.message.command, error);
        if (answer) await answerRefusal(world, event, answer);
        else if (error instanceof HubError && error.kind === 'unavailable') throw error;
        else failed.push({ event, error });
      }
    }
    return failed;
  };
}
