// sandbox: SdI's part of the page: what it got and answered, the rules, forms to force an outcome. Works without JavaScript.
import { html, shortTime, type Html } from '../html.ts';
import type { Page } from '../pages.ts';
import type { SdiRule } from './sdi-records.ts';
import type { ShownAnswer, ShownFile } from './show-file.ts';

/** What SdI's part shows. */
export interface SdiContents {
  readonly files: Page<ShownFile>;
  readonly rules: readonly SdiRule[];
  /** The mailbox that a sample invoice goes to unless another is named. */
  readonly mailbox: string;
}

const outcomes = [
  ['SCARTO 00404', 'discard, with any codes'],
  ['MC', 'not delivered'],
  ['RC', 'delivered, and nothing more'],
  ['ACCETTA', 'the public body accepts'],
  ['RIFIUTA importo errato', 'the public body refuses, with a reason'],
  ['DECORRENZA', 'the public body says nothing for 15 days'],
  ['AT', 'attested after 10 days'],
  ['SILENZIO', 'no answer at all'],
  ['DOPPIA', 'each notice twice'],
  ['DISORDINE', 'notices in the wrong order'],
  ['TARDI 5d', 'everything late by five days'],
] as const;

const kindWords = [
  ['RC', 'delivered'],
  ['NS', 'discarded'],
  ['MC', 'not delivered'],
  ['NE', 'answer of the public body'],
  ['DT', 'no answer in 15 days'],
  ['AT', 'attested, could not be delivered'],
  ['MT', 'comes with an invoice for you'],
  ['EC', 'your answer to it'],
  ['SE', 'that answer refused'],
] as const;

const kindsToSend = ['RC', 'NS', 'MC', 'NE', 'DT', 'AT', 'SE'] as const;

function answerLine({ kind, esito, rejection, sentAt, dueAt, cancelled, position }: ShownAnswer): Html {
  const what = [kind, esito ?? rejection ?? '', position === undefined ? '' : `n. ${position}`].join(' ').trim();
  const waits = cancelled ? 'not any more' : `due ${shortTime(dueAt)}`;
  return html`<div>${what} <small>${sentAt === undefined ? waits : `sent ${shortTime(sentAt)}`}</small></div>`;
}

function buyersLine({ esito, verdict, why }: ShownFile['buyersAnswers'][number]): Html {
  return html`<div>EC ${esito ?? '?'} <small>${verdict}${why === undefined ? '' : `: ${why}`}</small></div>`;
}

function fileRow(file: ShownFile): Html {
  const { sdiId, way, fileName, mailbox, at, format, decided, errors, answers, buyersAnswers, invoices } = file;
  const reasons = errors
    .slice(0, 3)
    .map(({ code, description }) => html`<div><small>${code} ${description}</small></div>`);
  return html`<tr>
    <td class="time">${shortTime(at)}</td>
    <td class="number">${sdiId}</td>
    <td>${way === 'received' ? 'from' : 'to'} ${mailbox}</td>
    <td>
      <a href="/sdi/files/${sdiId}/raw">${fileName}</a> <small>${format ?? ''}</small>
      ${file.archive ? html`<small>in ${file.archive.name}</small>` : ''}
      <div><small>${invoices.slice(0, 3).map(({ number }) => html`${number} `)}</small></div>
    </td>
    <td>${decided}${reasons}</td>
    <td>${answers.map(answerLine)}${buyersAnswers.map(buyersLine)}</td>
  </tr>`;
}

function fileTable(files: readonly ShownFile[]): Html {
  if (files.length === 0) return html`<p class="faint">SdI has seen no file yet.</p>`;
  return html`<div class="scroll" role="region" aria-labelledby="sdi" tabindex="0">
    <table>
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">SdI id</th>
          <th scope="col">Mailbox</th>
          <th scope="col">File</th>
          <th scope="col">Decided</th>
          <th scope="col">Notices</th>
        </tr>
      </thead>
      <tbody>
        ${files.map(fileRow)}
      </tbody>
    </table>
  </div>`;
}

function ruleList(rules: readonly SdiRule[]): Html {
  if (rules.length === 0) return html`<p class="faint">No rule: SdI answers by what it finds.</p>`;
  const lines = rules.map(
    ({ match, outcome, count }) =>
      html`<li>
        ${outcome}
        <small>for ${match === '' ? 'every file' : match}${count === undefined ? '' : `, ${count} more`}</small>
      </li>`,
  );
  return html`<ul>
      ${lines}
    </ul>
    <form method="post" action="/sdi/forms/clear-rules"><button>Forget all rules</button></form>`;
}

function ruleForm(): Html {
  const options = outcomes.map(([words, says]) => html`<option value="${words}">${says}</option>`);
  return html`<form method="post" action="/sdi/forms/rule">
    <label>Outcome <input name="outcome" list="sdi-outcomes" placeholder="SCARTO 00404" required /></label>
    <datalist id="sdi-outcomes">${options}</datalist>
    <label>For files, codes, PEC or VAT numbers like <input name="match" placeholder="ABC1234" /></label>
    <label>How many times <input name="count" type="number" min="1" /></label>
    <button>Tell SdI</button>
  </form>`;
}

function noticeForm(): Html {
  return html`<form method="post" action="/sdi/forms/notice">
    <label>SdI id <input name="sdiId" inputmode="numeric" required /></label>
    <label
      >Notice
      <select name="kind">
        ${kindsToSend.map((kind) => html`<option>${kind}</option>`)}
      </select></label
    >
    <label>Reason <input name="reason" /></label>
    <button>Send it now</button>
  </form>`;
}

function sampleForm(mailbox: string): Html {
  return html`<form method="post" action="/sdi/forms/sample">
    <label>Send a sample invoice to <input name="to" type="email" value="${mailbox}" required /></label>
    <label>VAT number of the customer <input name="customer" placeholder="IT01234567897" /></label>
    <label
      >Format
      <select name="format">
        <option>FPR12</option>
        <option>FPA12</option>
      </select></label
    >
    <button>Send it</button>
  </form>`;
}

/**
 * Prints SdI's part of the page.
 * @param contents what to show
 * @param pager the links to its other pages
 */
export function sdiSection({ files, rules, mailbox }: SdiContents, pager: Html): Html {
  return html`<section aria-labelledby="sdi">
    <h2 id="sdi">SdI (${files.totalElements})</h2>
    <p>
      Files that reached SdI's mailbox, and what it answers. An invoice says itself what shall become of it by words in
      its
      <code>Causale</code>, as <code>SDI:SCARTO 00404</code> or <code>SDI:RIFIUTA importo errato</code>.
    </p>
    <p>
      <a href="#sdi-rules">Tell SdI what to answer</a> · <a href="#sdi-notice">Send a notice now</a> ·
      <a href="#sdi-sample">Receive a sample invoice</a>
    </p>
    <p>
      <small>${kindWords.map(([kind, says], at) => html`${at > 0 ? ' · ' : ''}${kind} ${says}`)}</small>
    </p>
    ${fileTable(files.content)} ${pager}
    <h3 id="sdi-rules">What SdI is to answer</h3>
    ${ruleList(rules)} ${ruleForm()}
    <h3 id="sdi-notice">A notice now</h3>
    ${noticeForm()}
    <h3 id="sdi-sample">A sample invoice for you</h3>
    ${sampleForm(mailbox)}
  </section>`;
}
