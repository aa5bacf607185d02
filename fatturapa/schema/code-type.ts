// fatturapa: types of elements that hold one code of a closed list.
import type { CodeList, TextType } from './schema.ts';

/** A type whose list of codes is there for sure. */
export interface CodeType<Code extends string = string> extends TextType<Code> {
  readonly codes: CodeList<Code>;
}

/**
 * The type of a closed list of codes; blanks count, as in `xs:string`.
 * @param name the element's own name, or that of the schema's type
 * @param codes code → what it means, in the order of the official list
 */
export function codeType<const Code extends string>(name: string, codes: CodeList<Code>): CodeType<Code> {
  const known = new Set<string>(Object.keys(codes));
  const list = [...known].join(', ');
  return {
    kind: 'text',
    name,
    sense: 'code',
    whiteSpace: 'preserve',
    accepts: (text) => known.has(text),
    allowed:
      known.size === 1
        ? { it: `solo ${list}, senza spazi`, en: `only ${list}, without blanks` }
        : { it: `uno dei codici ${list}, senza spazi`, en: `one of the codes ${list}, without blanks` },
    codes,
  };
}
