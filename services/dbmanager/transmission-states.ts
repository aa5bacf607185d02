// dbmanager: the state of a transmission and the status of its invoice, one by the other. Pure.
import type { InvoiceStatus } from '@staffetta/flow/statuses.ts';
import type { TransmissionState } from './transmissions.ts';

/**
 * Gives the status that an invoice has whose latest transmission is in this state.
 * @param state the transmission's
 */
export function statusOfState(state: TransmissionState): InvoiceStatus {
  return state === 'ERROR' ? 'INVOICE_ERROR' : `INTERNAL_INVOICE_${state}`;
}

/**
 * Gives the state of a transmission whose file stands as an invoice of this status.
 * @param status one that follows the store of an internal invoice
 */
export function stateOfStatus(status: InvoiceStatus): TransmissionState {
  return status.replace(/^INTERNAL_INVOICE_|^INVOICE_/, '') as TransmissionState;
}
