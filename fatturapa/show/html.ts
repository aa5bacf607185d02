// fatturapa: a shown invoice as one HTML file without script or outside resource, to be read, printed and heard.
import { escapeHtml, isSafeAddress } from './html-escape.ts';
import { styleSheet } from './html-style.ts';
import type {
  AttachmentItem,
  AttachmentsSection,
  Card,
  Cell,
  Column,
  Fact,
  Section,
  Sheet,
  TableSection,
} from './sheet.ts';
import { sayIn } from './words.ts';

/** What the page needs to know of the world around it. */
export interface HtmlOptions {
  /**
   * Gives the address of an attachment, by its number from 1 over the whole file. What is neither a path nor http(s) nor base64
   * data of a harmless type is not linked.
   */
  readonly attachmentHref?: (index: number) => string | undefined;
}

/** The policy that the page carries itself; a server sends it as a header too (CSP level 3). */
export const contentPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const text = escapeHtml;

function words(value: string): string {
  return `<span class="words">${text(value)}</span>`;
}

/** Dates, numbers and codes of a table are not broken. */
const unbrokenMax = 16;

function cellHtml(cell: Cell, column: Column | undefined, isFirst: boolean): string {
  const [open, close] = isFirst ? ['th scope="row"', 'th'] : ['td', 'td'];
  const align = column?.align === 'end' ? ' class="end"' : '';
  const short = cell.text.length <= unbrokenMax ? ' short' : '';
  const more = (cell.more ?? []).map((line) => `<span class="more words">${text(line)}</span>`).join('');
  return `<${open}${align}><span class="words${short}">${text(cell.text)}</span>${more}</${close}>`;
}

function headHtml(columns: readonly Column[]): string {
  const heads = columns.map(
    ({ title, align }) => `<th scope="col"${align === 'end' ? ' class="end"' : ''}>${text(title)}</th>`,
  );
  return `<thead><tr>${heads.join('')}</tr></thead>`;
}

function tableHtml(section: TableSection | AttachmentsSection, id: string, body: readonly string[]): string {
  const caption = `<caption class="unseen">${text(section.title)}</caption>`;
  const rows = body.map((row) => `<tr>${row}</tr>`).join('\n');
  const table = `<table>${caption}${headHtml(section.columns)}<tbody>\n${rows}\n</tbody></table>`;
  // A region that scrolls must be reachable by keyboard; its name holds the document's, so that no two of a lot are alike.
  return `<div class="wide" role="region" aria-labelledby="${id.slice(0, id.indexOf('-'))} ${id}" tabindex="0">${table}</div>`;
}

function rowHtml(row: readonly Cell[], columns: readonly Column[]): string {
  return row.map((cell, at) => cellHtml(cell, columns[at], at === 0)).join('');
}

/** A value that would be broken into pieces in the grid gets a line of its own. */
function isLong({ value }: Fact): boolean {
  return value.length > 40;
}

function factsHtml(facts: readonly Fact[], style: string): string {
  const pairs = facts.map((fact) => {
    const look = fact.strong ? 'strong' : isLong(fact) ? 'long' : '';
    return `<div${look && ` class="${look}"`}><dt>${text(fact.label)}</dt><dd>${words(fact.value)}</dd></div>`;
  });
  return `<dl${style && ` class="${style}"`}>${pairs.join('')}</dl>`;
}

function cardHtml(card: Card): string {
  const lines = card.lines.map((line) => `<p>${words(line)}</p>`).join('');
  const facts = card.facts.length > 0 ? factsHtml(card.facts, '') : '';
  return `<div class="card"><h3>${text(card.title)}</h3><p class="name">${words(card.name)}</p>${lines}${facts}</div>`;
}

function linkHtml(item: AttachmentItem, options: HtmlOptions): string {
  const href = options.attachmentHref?.(item.index);
  if (href === undefined || !isSafeAddress(href)) return words(item.name);
  return `<a href="${text(href)}" download="${text(item.name)}">${words(item.name)}</a>`;
}

function attachmentHtml(item: AttachmentItem, options: HtmlOptions): string {
  const rest = [item.description, item.type].map((value) => `<td>${words(value)}</td>`).join('');
  return `<th scope="row">${linkHtml(item, options)}</th>${rest}<td class="end">${words(item.size)}</td>`;
}

function contentHtml(section: Section, id: string, options: HtmlOptions): string {
  switch (section.kind) {
    case 'cards':
      return `<div class="cards">${section.cards.map(cardHtml).join('')}</div>`;
    case 'facts':
    case 'totals':
      return factsHtml(section.facts, section.kind);
    case 'table':
      return tableHtml(
        section,
        id,
        section.rows.map((row) => rowHtml(row, section.columns)),
      );
    case 'notes':
      return `<div class="notes">${section.notes.map((note) => `<p>${words(note)}</p>`).join('')}</div>`;
    case 'attachments':
      return tableHtml(
        section,
        id,
        section.items.map((item) => attachmentHtml(item, options)),
      );
    default:
      return section satisfies never;
  }
}

/** Sections of so many rows or less are not torn apart on paper. */
const briefMax = 8;

function lengthOf(section: Section): number {
  if (section.kind === 'table') return section.rows.length;
  return section.kind === 'notes' ? section.notes.length : 1;
}

function sectionHtml(section: Section, prefix: string, options: HtmlOptions): string {
  const id = `${prefix}-${text(section.id)}`;
  const content = contentHtml(section, id, options);
  const brief = lengthOf(section) <= briefMax ? ' class="brief"' : '';
  return `<section${brief}><h2 id="${id}">${text(section.title)}</h2>\n${content}</section>`;
}

function topHtml(sheet: Sheet, id: string): string {
  const position = sheet.position ? `<p class="position">${text(sheet.position)}</p>` : '';
  const heading = `<h1 id="${id}">${words(sheet.type)} <small>${words(sheet.reference)}</small></h1>`;
  const { total } = sheet;
  const sum = total
    ? `<p class="total"><span>${text(total.label)}</span> <strong>${text(total.value)}</strong></p>`
    : '';
  return `<header class="head"><div>${position}${heading}</div>${sum}</header>`;
}

function sheetHtml(sheet: Sheet, at: number, options: HtmlOptions): string {
  const id = `doc${at + 1}`;
  const sections = sheet.sections.map((section) => sectionHtml(section, id, options)).join('\n');
  const foot = `<footer class="courtesy"><p>${text(sheet.courtesy)}</p></footer>`;
  return `<article lang="${sheet.lang}" aria-labelledby="${id}">\n${topHtml(sheet, id)}\n${sections}\n${foot}\n</article>`;
}

function contentsHtml(sheets: readonly Sheet[], label: string): string {
  if (sheets.length < 2) return '';
  const items = sheets.map(
    ({ type, reference }, at) => `<li><a href="#doc${at + 1}">${words(`${type} ${reference}`)}</a></li>`,
  );
  return `<nav aria-label="${text(label)}"><p>${text(label)}</p><ol>${items.join('')}</ol></nav>`;
}

/**
 * Draws sheets as one HTML file: inline style, no script, no outside resource, its own content policy; A4 on paper, landmarks,
 * captions and scopes for those who listen (WCAG 2.1 AA). Whatever the sheets say stays text.
 * @param sheets as `sheetOf` made them, in one language
 * @param options the attachments' addresses
 * @returns the file, to be encoded as UTF-8
 */
export function htmlOf(sheets: readonly Sheet[], options: HtmlOptions = {}): string {
  const lang = sheets[0]?.lang ?? 'it';
  const say = sayIn(lang);
  const title = text(sheets.map((sheet) => sheet.title)[0] ?? say('nothingToShow'));
  const articles = sheets.map((sheet, at) => sheetHtml(sheet, at, options)).join('\n');
  const empty = sheets.length === 0 ? `<h1>${say('nothingToShow')}</h1>` : '';
  return `<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${styleSheet(say('page'), say('of'))}</style>
</head>
<body>
<main>
${contentsHtml(sheets, say('documentsOfFile'))}${empty}${articles}
</main>
</body>
</html>
`;
}
