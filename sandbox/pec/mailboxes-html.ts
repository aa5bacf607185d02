// sandbox: the page's part about mailboxes: who has one, and what lies in the one that is looked at.
import { html, shortTime } from '../html.ts';
import type { Html } from '../html.ts';
import type { Page } from '../pages.ts';
import type { BoxedMailSummary, MailBoxSummary } from './mailbox-summaries.ts';

/** What the page shows of mailboxes. */
export interface ShownMailboxes {
  readonly boxes: readonly MailBoxSummary[];
  readonly imapPort: number;
  readonly imapIsDown: boolean;
  /** The one that is looked at. */
  readonly open?: { readonly address: string; readonly mails: Page<BoxedMailSummary> };
}

/** Prints the part. */
export function mailboxesSection({ boxes, open }: ShownMailboxes): Html {
  return html`<section aria-labelledby="mailboxes">
    <h2 id="mailboxes">Mailboxes (${boxes.length})</h2>
    ${boxes.length === 0 ? html`<p class="faint">No mailbox here yet.</p>` : boxTable(boxes)}
    ${open === undefined ? '' : openBox(open)}
  </section>`;
}

function boxTable(boxes: readonly MailBoxSummary[]): Html {
  return html`<div class="scroll" role="region" aria-labelledby="mailboxes" tabindex="0">
    <table>
      <thead>
        <tr>
          <th scope="col">Mailbox</th>
          <th scope="col">Mails</th>
          <th scope="col">Not seen</th>
          <th scope="col">Bytes</th>
        </tr>
      </thead>
      <tbody>
        ${boxes.map(boxRow)}
      </tbody>
    </table>
  </div>`;
}

function boxRow({ address, mails, unseen, bytes, full }: MailBoxSummary): Html {
  return html` <tr>
    <td><a href="${addressOf(address, 0)}">${address}</a> ${full ? html`<small>told to be full</small>` : ''}</td>
    <td class="number">${mails}</td>
    <td class="number">${unseen}</td>
    <td class="number">${bytes}</td>
  </tr>`;
}

function openBox({ address, mails }: NonNullable<ShownMailboxes['open']>): Html {
  if (mails.content.length === 0) return html`<p class="faint">There is nothing in ${address}.</p>`;
  return html`<h3 id="mailbox">${address}</h3>
    <div class="scroll" role="region" aria-labelledby="mailbox" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">From</th>
            <th scope="col">Subject</th>
            <th scope="col">UID</th>
            <th scope="col">Mail</th>
          </tr>
        </thead>
        <tbody>
          ${mails.content.map((mail) => mailRow(address, mail))}
        </tbody>
      </table>
    </div>
    ${pager(address, mails)}`;
}

function mailRow(address: string, { uid, at, from, subject }: BoxedMailSummary): Html {
  const raw = `/mailboxes/${encodeURIComponent(address)}/${uid}/raw`;
  return html` <tr>
    <td class="time">${shortTime(at)}</td>
    <td>${from}</td>
    <td>${subject}</td>
    <td class="number">${uid}</td>
    <td><a href="${raw}" aria-label="whole mail ${subject}">.eml</a></td>
  </tr>`;
}

function pager(address: string, { number, totalPages }: Page<BoxedMailSummary>): Html {
  if (totalPages <= 1 && number === 0) return html``;
  const link = (page: number, words: string): Html => html`<a href="${addressOf(address, page)}">${words}</a> `;
  return html`<nav aria-label="pages of the mailbox">
    <p>
      ${number > 0 ? link(number - 1, 'Newer') : ''} page ${number + 1} of ${totalPages}
      ${number + 1 < totalPages ? link(number + 1, 'Older') : ''}
    </p>
  </nav>`;
}

function addressOf(mailbox: string, page: number): string {
  const query = new URLSearchParams({ mailbox });
  if (page > 0) query.set('inbox', String(page));
  return `/?${query.toString()}#mailbox`;
}
