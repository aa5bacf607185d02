// dbmanager: what the settings say about invoices that a customer issues in another's name.

/** What is done about an invoice in another's name. */
export type IssuerAnswer = 'off' | 'warn' | 'refuse';

/** What the settings say. */
export interface IssuerRule {
  /** In the name of somebody that the hub does not know. */
  readonly stranger: IssuerAnswer;
  /** In the name of another customer of this hub. */
  readonly neighbour: IssuerAnswer;
}
