// fatturapa: breaks a text into lines at its blanks, and words that are wider than a line inside.

/** Gives the width of one character, in whatever unit the line's room is measured. */
export type WidthOf = (character: string) => number;

interface Lines {
  readonly done: string[];
  text: string;
  width: number;
}

function closeLine(lines: Lines): void {
  lines.done.push(lines.text);
  lines.text = '';
  lines.width = 0;
}

/** Puts a word that is wider than a line where it belongs, a character at a time; at least one a line, so that it ends. */
function breakWord(lines: Lines, word: string, room: number, widthOf: WidthOf): void {
  for (const character of word) {
    const width = widthOf(character);
    if (lines.width + width > room && lines.text !== '') closeLine(lines);
    lines.text += character;
    lines.width += width;
  }
}

function widthOfWord(word: string, widthOf: WidthOf): number {
  let width = 0;
  for (const character of word) width += widthOf(character);
  return width;
}

/**
 * Breaks a text into lines, in time linear in its length.
 * @param text one paragraph without line breaks; blanks in a row count as one
 * @param room the width of a line
 * @param widthOf the width of each character, in the same unit
 * @returns at least one line
 */
export function wrapText(text: string, room: number, widthOf: WidthOf): string[] {
  const lines: Lines = { done: [], text: '', width: 0 };
  const blank = widthOf(' ');
  for (const word of text.split(' ')) {
    if (word === '') continue;
    const width = widthOfWord(word, widthOf);
    if (lines.text !== '' && lines.width + blank + width > room) closeLine(lines);
    if (lines.text !== '') {
      lines.text += ' ';
      lines.width += blank;
    }
    if (width > room) breakWord(lines, word, room, widthOf);
    else {
      lines.text += word;
      lines.width += width;
    }
  }
  closeLine(lines);
  return lines.done;
}
