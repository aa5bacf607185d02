// receiver: accepts SdI's answer about an invoice and puts it on dsiNotification; it is kept once this returns.
import { speakAs } from '@staffetta/flow/events.ts';
import type { SdiNotificationDto } from '@staffetta/flow/messages.ts';
import type { Bus } from '@staffetta/platform/bus/bus.ts';
import { metaOf } from './accept-invoice.ts';
import type { RequestIds } from './request-ids.ts';

const speak = speakAs('receiver');

/** SdI's answer as it was asked to be accepted. */
export interface NotificationToAccept {
  readonly customerId: number;
  readonly invoiceNumber: number;
  readonly status: SdiNotificationDto['status'];
  readonly ids: RequestIds;
  /** The caller's name, for the audit fields. */
  readonly createdBy: string;
}

/**
 * Accepts a notification of SdI; its key keeps the order of what concerns one invoice.
 * @param bus where to publish
 * @param asked what to accept
 * @throws HubError BUS_AWAY or DATABASE_AWAY where it cannot be kept
 */
export async function acceptNotification(bus: Bus, asked: NotificationToAccept): Promise<void> {
  const { customerId, invoiceNumber, status, ids, createdBy } = asked;
  const message = { customerId, invoiceNumber, status, correlationId: ids.correlationId, createdBy };
  await bus.publish([speak('dsiNotification', `${customerId}:${invoiceNumber}`, message, metaOf(ids))]);
}
