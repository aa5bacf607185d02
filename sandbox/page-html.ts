// sandbox: its one page, as plain HTML that works without JavaScript; everything from outside is escaped.
import type { CallbackRecord } from './callback-book.ts';
import { html, shortTime, type Html } from './html.ts';
import type { MailSummary } from './mail-summary.ts';
import type { Page } from './pages.ts';
import { mailboxesSection, type ShownMailboxes } from './pec/mailboxes-html.ts';
import { sdiSection, type SdiContents } from './sdi/sdi-html.ts';

/** What the page shows. */
export interface PageContents {
  readonly mails: Page<MailSummary>;
  readonly callbacks: Page<CallbackRecord>;
  /** What was searched for; empty for everything. */
  readonly fileName: string;
  readonly correlationId: string;
  readonly smtpPort: number;
  readonly smtpIsDown: boolean;
  readonly mailboxes: ShownMailboxes;
  /** How many rules of misbehaviour are in force. */
  readonly rules: number;
  /** Absent where there is no SdI. */
  readonly sdi?: SdiContents;
}

/** The page's style, by itself so that the page may be served under a strict content policy. */
export const pageStyle = `
:root { color-scheme: light dark; --line: #c9d3df; --faint: #5a6b7d; --head: #eef2f6; --link: #0059b3; }
@media (prefers-color-scheme: dark) { :root { --line: #3c4a59; --faint: #a3b3c4; --head: #1d2733; --link: #7cb8ff; } }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 80rem; padding: 1rem; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
p { margin: .5rem 0; } a { color: var(--link); } small, .faint { color: var(--faint); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: .9rem; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .4rem .6rem; text-align: left; vertical-align: top; }
th { background: var(--head); } td { max-width: 22rem; overflow-wrap: break-word; } 
td.time, td.number { white-space: nowrap; }
form { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end; } label { display: grid; font-size: .9rem; }
main > form { margin-top: 2rem; }
input, button, select { font: inherit; padding: .3rem .6rem; } 
.warning { border-left: .3rem solid #b35900; padding-left: .6rem; }
`;

/**
 * Prints the page.
 * @param contents what to show
 * @returns a whole HTML document
 */
export function printPage(contents: PageContents): string {
  const { mails, callbacks, smtpPort, mailboxes } = contents;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Staffetta sandbox</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        <header>
          <h1>Staffetta sandbox</h1>
          <p>
            Mails sent to SMTP port ${smtpPort} end here instead of at
            SdI${contents.sdi ? ', which is played here' : ''}; mailboxes are read by IMAP on port
            ${mailboxes.imapPort}; callbacks posted to <code>/callbacks/…</code> are kept too. Times are UTC.
          </p>
          <nav aria-label="on this page">
            <p>
              ${sdiLink(contents)} <a href="#mails">Mails (${mails.totalElements})</a> ·
              <a href="#mailboxes">Mailboxes (${mailboxes.boxes.length})</a> ·
              <a href="#callbacks">Callbacks (${callbacks.totalElements})</a>
            </p>
          </nav>
          ${warnings(contents)}
        </header>
        <main>
          ${contents.sdi ? sdiSection(contents.sdi, pager(contents, 'sdi')) : ''} ${searchForm(contents)}
          <section aria-labelledby="mails">
            <h2 id="mails">Mails (${mails.totalElements})</h2>
            ${mails.content.length === 0 ? nothing(contents, 'mail') : mailTable(mails.content)}
            ${pager(contents, 'mails')}
          </section>
          ${mailboxesSection(mailboxes)}
          <section aria-labelledby="callbacks">
            <h2 id="callbacks">Callbacks (${callbacks.totalElements})</h2>
            ${callbacks.content.length === 0 ? nothing(contents, 'callback') : callbackTable(callbacks.content)}
            ${pager(contents, 'callbacks')}
          </section>
        </main>
      </body>
    </html> `;
  return page.html;
}

function sdiLink({ sdi }: PageContents): Html {
  return sdi ? html`<a href="#sdi">SdI (${sdi.files.totalElements})</a> ·` : html``;
}

function warnings({ smtpIsDown, mailboxes, rules }: PageContents): Html[] {
  const lines: Html[] = [];
  if (smtpIsDown) lines.push(html`<p class="warning">The mail server was told to be down.</p>`);
  if (mailboxes.imapIsDown) lines.push(html`<p class="warning">The IMAP server was told to be down.</p>`);
  if (rules > 0) lines.push(html`<p class="warning">Told to misbehave; rules in force: ${rules}.</p>`);
  return lines;
}

function searchForm({ fileName, correlationId }: PageContents): Html {
  return html`<p class="faint">Find mails and callbacks:</p>
    <form method="get" action="/">
      <label>File name <input name="fileName" value="${fileName}" /></label>
      <label>Correlation id <input name="correlationId" value="${correlationId}" /></label>
      <button>Search</button> <a href="/">Show all</a>
    </form>`;
}

function nothing({ fileName, correlationId }: PageContents, what: string): Html {
  if (fileName === '' && correlationId === '') return html`<p class="faint">No ${what} here yet.</p>`;
  return html`<p class="faint">No ${what} fits the search.</p>`;
}

function mailTable(mails: readonly MailSummary[]): Html {
  return html`<div class="scroll" role="region" aria-labelledby="mails" tabindex="0">
    <table>
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">To</th>
          <th scope="col">Subject</th>
          <th scope="col">Attachment</th>
          <th scope="col">Correlation id</th>
          <th scope="col">Mail</th>
        </tr>
      </thead>
      <tbody>
        ${mails.map(mailRow)}
      </tbody>
    </table>
  </div>`;
}

function mailRow(mail: MailSummary): Html {
  const { id, receivedAt, to, subject, attachments, correlationId } = mail;
  const files = attachments.map(
    ({ name, bytes }) =>
      html`<a href="/mails/${id}/attachments/${encodeURIComponent(name)}">${name}</a> <small>${bytes} bytes</small> `,
  );
  return html` <tr>
    <td class="time">${shortTime(receivedAt)}</td>
    <td>${to}</td>
    <td>${subject}</td>
    <td>${files}</td>
    <td>${correlationId}</td>
    <td><a href="/mails/${id}/raw" aria-label="whole mail ${subject}">.eml</a></td>
  </tr>`;
}

function callbackTable(callbacks: readonly CallbackRecord[]): Html {
  return html`<div class="scroll" role="region" aria-labelledby="callbacks" tabindex="0">
    <table>
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Invoice</th>
          <th scope="col">Status</th>
          <th scope="col">Path</th>
          <th scope="col">Try</th>
          <th scope="col">Answered</th>
          <th scope="col">Correlation id</th>
        </tr>
      </thead>
      <tbody>
        ${callbacks.map(callbackRow)}
      </tbody>
    </table>
  </div>`;
}

function callbackRow(callback: CallbackRecord): Html {
  const { receivedAt, invoiceNumber, invoiceStatus, path, attempt, answered, correlationId } = callback;
  return html` <tr>
    <td class="time">${shortTime(receivedAt)}</td>
    <td class="number">${invoiceNumber ?? '–'}</td>
    <td>${invoiceStatus ?? '–'}</td>
    <td>${path}</td>
    <td class="number">${attempt}</td>
    <td class="number">${answered === 0 ? 'left hanging' : answered}</td>
    <td>${correlationId ?? ''}</td>
  </tr>`;
}

type List = 'mails' | 'callbacks' | 'sdi';

function listOf(contents: PageContents, which: List): Pick<Page<unknown>, 'number' | 'totalPages'> {
  const none = { number: 0, totalPages: 0 };
  return which === 'sdi' ? (contents.sdi?.files ?? none) : contents[which];
}

function pager(contents: PageContents, which: List): Html {
  const { number, totalPages } = listOf(contents, which);
  if (totalPages <= 1 && number === 0) return html``;
  const link = (page: number, words: string): Html => html`<a href="${addressOf(contents, which, page)}">${words}</a> `;
  return html`<nav aria-label="pages of ${which}">
    <p>
      ${number > 0 ? link(number - 1, 'Newer') : ''} page ${number + 1} of ${totalPages}
      ${number + 1 < totalPages ? link(number + 1, 'Older') : ''}
    </p>
  </nav>`;
}

function addressOf(contents: PageContents, which: List, page: number): string {
  const query = new URLSearchParams();
  if (contents.fileName !== '') query.set('fileName', contents.fileName);
  if (contents.correlationId !== '') query.set('correlationId', contents.correlationId);
  for (const list of ['mails', 'callbacks', 'sdi'] as const) {
    const number = list === which ? page : listOf(contents, list).number;
    if (number > 0) query.set(list, String(number));
  }
  return `/?${query.toString()}#${which}`;
}
