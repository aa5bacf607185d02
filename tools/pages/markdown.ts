// tools: the little Markdown that our printed pages are made of.

/** A table; texts are escaped where Markdown would read them as its own. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeCell).join(' | ')} |`;
  return [line(titles), `|${titles.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** Text as code. */
export function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}

/** A diagram that the usual viewers draw. */
export function mermaid(lines: readonly string[]): string {
  return ['```mermaid', ...lines, '```'].join('\n');
}

/** A page with its title, the note that it is printed, and its parts, an empty line between each. */
export function page(title: string, source: string, parts: readonly string[]): string {
  const note = `<!-- Printed from ${source} by \`npm run docs\`; a test fails when it is stale. Change the source. -->`;
  return `${[`# ${title}`, note, ...parts].join('\n\n')}\n`;
}

function escapeCell(text: string): string {
  const inOneLine = text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  return inOneLine.startsWith('`') ? inOneLine : inOneLine.replaceAll('<', '&lt;');
}
