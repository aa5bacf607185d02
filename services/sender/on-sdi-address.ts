// sender: learns where SdI wants the files of a mailbox.
import { HubError } from '@staffetta/flow/errors.ts';
import { isMailAddress } from '@staffetta/platform/config/mail-address.ts';
import { shownAddress } from '@staffetta/platform/telemetry/shown-address.ts';
import type { FlowStep, Incoming, World } from '@staffetta/platform/service.ts';
import { keepAddress, readAddresses, type SaidAddress } from './sdi-addresses.ts';

type Told = Incoming<'sdiAddress'>;

/** Where SdI is. */
export interface SdiPlace {
  /** Its first address. */
  readonly mailTo: string;
  /** The domain of all its mailboxes; that of its first address counts too. */
  readonly sdiDomain: string;
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}

/**
 * Understands what SdI said.
 * @throws HubError MESSAGE_NOT_READABLE for what is no address of SdI: files full of other people's data would go there
 */
function learnedFrom({ message }: Told, { mailTo, sdiDomain }: SdiPlace): SaidAddress {
  const { mailbox, address, mailId, saidBy = 'answer' } = message;
  const learnedAt = new Date(message.learnedAt);
  if (Number.isNaN(learnedAt.getTime())) throw new HubError('MESSAGE_NOT_READABLE', 'learnedAt is no instant.');
  const domains = [sdiDomain.toLowerCase(), domainOf(mailTo)];
  const isSdis = isMailAddress(address) && domains.includes(domainOf(address));
  if (isSdis) return { mailbox: mailbox.toLowerCase(), address, learnedAt, mailId, byAnswer: saidBy === 'answer' };
  const words = `${JSON.stringify(address.slice(0, 320))}, said by the mail ${mailId} of ${mailbox}, is no address of SdI.`;
  throw new HubError('MESSAGE_NOT_READABLE', words);
}

function readAll(batch: readonly Told[], place: SdiPlace) {
  const learned: SaidAddress[] = [];
  const failed: { event: Told; error: unknown }[] = [];
  for (const event of batch) {
    try {
      learned.push(learnedFrom(event, place));
    } catch (error) {
      failed.push({ event, error });
    }
  }
  return { learned, failed };
}

/**
 * Makes the step for `sdiAddress`: the newest answer of SdI holds from the next mail on; before the first one, where its invoices come from.
 * @param world store and log
 * @param place where SdI is
 */
export function learnAddresses(world: World, place: SdiPlace): FlowStep<'sdiAddress'> {
  return async (batch) => {
    const { learned, failed } = readAll(batch, place);
    if (learned.length === 0) return failed;
    const [before, after] = await world.store.transaction(async (tx) => {
      const known = await readAddresses(tx);
      for (const one of learned) await keepAddress(tx, one);
      return [known, await readAddresses(tx)];
    });
    for (const { mailbox, address, mailId } of after.values()) {
      const old = before.get(mailbox)?.address;
      if (old !== address)
        world.log.info(
          {
            mailbox: shownAddress(mailbox),
            address: shownAddress(address),
            mailId,
            before: shownAddress(old ?? place.mailTo),
          },
          'sdiAddress.learned',
        );
    }
    return failed;
  };
}
