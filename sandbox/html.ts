// sandbox: HTML made of texts and values, of which no value gets in as markup.

/** HTML that is safe to put on a page. */
export interface Html {
  readonly html: string;
}

/** What may be put into HTML. */
type Part = string | number | Html | readonly Html[];

/** Puts values into HTML; only what came out of this function goes in unescaped. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: texts.reduce((page, text, at) => page + printPart(parts[at - 1] ?? '') + text) };
}

/** An instant of ISO 8601 as people read it, to the second. */
export function shortTime(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ');
}

function printPart(part: Part): string {
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  return 'html' in part ? part.html : part.map((each) => each.html).join('');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
