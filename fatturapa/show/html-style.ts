// fatturapa: how a shown invoice looks in a browser and on paper (A4). All colours have a contrast of at least 4.5 : 1 (WCAG 2.1 AA).

const colours = `
:root { --ink: #1b2330; --soft: #4a5668; --line: #c6ced9; --tint: #f2f5f9; --paper: #ffffff; --accent: #0a4a83; --desk: #e6eaf0; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #e8ecf2; --soft: #b3bdcb; --line: #465264; --tint: #232c39; --paper: #18202b; --accent: #8cc2f5; --desk: #0e141c; }
}`;

const page = `
* { box-sizing: border-box; }
html { font: 16px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; -webkit-text-size-adjust: 100%; }
body { margin: 0; color: var(--ink); background: var(--desk); }
main { max-width: 62rem; margin: 0 auto; padding: 1rem; }
nav, article { background: var(--paper); border-radius: .5rem; padding: 2rem 2.25rem; margin: 0 0 1.25rem; }
nav { padding-block: 1rem; }
nav ol { columns: 14rem; margin: .25rem 0 0; padding-left: 1.5rem; }
a { color: var(--accent); }
a:focus-visible, .wide:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
p, dl, dd, h1, h2, h3 { margin: 0; }
.words { unicode-bidi: isolate; overflow-wrap: anywhere; }
.short { white-space: nowrap; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }`;

const head = `
.head { display: flex; flex-wrap: wrap; gap: 1rem 2rem; justify-content: space-between; align-items: flex-end; border-bottom: 3px solid var(--accent); padding-bottom: 1rem; }
.head > div { flex: 1 1 20rem; }
.position { color: var(--soft); font-size: .875rem; }
h1 { font-size: 1.6rem; line-height: 1.2; font-weight: 650; }
h1 small { display: block; font-size: 1.05rem; font-weight: 400; color: var(--soft); margin-top: .2rem; }
.total { text-align: right; }
.total span { display: block; color: var(--soft); font-size: .875rem; }
.total strong { font-size: 1.5rem; font-weight: 650; font-variant-numeric: tabular-nums; white-space: nowrap; }
section { margin-top: 1.5rem; }
h2 { font-size: .95rem; font-weight: 650; color: var(--accent); margin-bottom: .5rem; }
h3 { font-size: .8rem; font-weight: 600; color: var(--soft); }`;

const parts = `
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr)); gap: 1rem; }
.card { border: 1px solid var(--line); border-radius: .4rem; padding: .75rem 1rem; }
.card .name { font-weight: 650; font-size: 1.05rem; margin: .1rem 0 .15rem; }
.card dl { margin-top: .5rem; font-size: .875rem; }
.card dl div { display: flex; flex-wrap: wrap; gap: 0 .5rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(11rem, 100%), 1fr)); gap: .6rem 1.25rem; }
.facts .long { grid-column: 1 / -1; }
dt { color: var(--soft); font-size: .8125rem; }
.card dt { font-size: inherit; }
.totals { margin-left: auto; width: min(30rem, 100%); }
.totals div { display: flex; justify-content: space-between; gap: 1.5rem; padding: .25rem .6rem; border-top: 1px solid var(--line); }
.totals dt { font-size: .9375rem; }
.totals dd { text-align: right; font-variant-numeric: tabular-nums; }
.totals .strong { background: var(--tint); border-top: 2px solid var(--accent); font-weight: 650; }
.totals .strong dt { color: inherit; }
.notes p + p { margin-top: .35rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .55rem; border-bottom: 1px solid var(--line); font-weight: 400; }
thead th { font-weight: 600; color: var(--soft); font-size: .8125rem; background: var(--tint); vertical-align: bottom; }
.end { text-align: right; font-variant-numeric: tabular-nums; }
td.end, th.end { white-space: nowrap; overflow-wrap: normal; }
.more { display: block; color: var(--soft); font-size: .8125rem; }
td.end .more { white-space: normal; }
.courtesy { margin-top: 1.75rem; padding-top: .75rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .8125rem; }`;

const paper = `
@media (max-width: 40rem) { main { padding: 0; } nav, article { border-radius: 0; padding: 1.25rem 1rem; } .total { text-align: left; } table { min-width: 36rem; } }
@media print {
  html { font-size: 9.5pt; }
  body { background: none; }
  main { max-width: none; padding: 0; }
  nav { display: none; }
  article { padding: 0; margin: 0; border-radius: 0; }
  article + article { break-before: page; }
  .wide { overflow: visible; }
  thead { display: table-header-group; }
  tr, .card, .facts div, .totals { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  section { margin-top: 1rem; }
  th, td { padding: .2rem .4rem; }
  .facts dd { font-size: .9rem; }
  .brief { break-inside: avoid; }
  table { min-width: 0; }
  .words { overflow-wrap: anywhere; }
  a { color: inherit; text-decoration: none; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}`;

/**
 * Gives the style sheet; it names no outside resource.
 * @param pageWord what stands before the number of a printed page; our own word, never a document's
 * @param ofWord what stands between that number and their count
 */
export function styleSheet(pageWord: string, ofWord: string): string {
  const numbers = `@bottom-right { content: "${pageWord} " counter(page) " ${ofWord} " counter(pages); font: 8pt sans-serif; color: #4a5668; }`;
  return `${colours}${page}${head}${parts}${paper}\n@page { size: A4; margin: 14mm 12mm 16mm; ${numbers} }\n`;
}
