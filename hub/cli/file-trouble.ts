// hub: why a file cannot be read or written, in words instead of the system's own.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';

const denied: Sentence = { it: 'mancano i permessi', en: 'permission is lacking' };
const tooManyOpen: Sentence = { it: 'troppi file sono aperti', en: 'too many files are open' };
const diskFull: Sentence = { it: "non c'è più spazio sul disco", en: 'there is no space left on the disk' };

/** The code of an error of our own: a pipe that nobody writes to would be waited for without end. */
export const isPipe = 'IS_PIPE';

/** By the system's code (errno(3)), and ours. */
const troubles: Readonly<Record<string, Sentence>> = {
  ENOENT: { it: 'non esiste', en: 'it does not exist' },
  EACCES: denied,
  EPERM: denied,
  EISDIR: { it: 'è una cartella, non un file', en: 'it is a folder, not a file' },
  ENOTDIR: { it: 'una parte del percorso non è una cartella', en: 'a part of the path is no folder' },
  EEXIST: { it: 'esiste già', en: 'it exists already' },
  ENOSPC: diskFull,
  EDQUOT: diskFull,
  EROFS: { it: 'il disco è in sola lettura', en: 'the disk is read-only' },
  ENAMETOOLONG: { it: 'il nome è troppo lungo', en: 'the name is too long' },
  ELOOP: { it: 'i collegamenti girano in tondo', en: 'its links go round in circles' },
  EMFILE: tooManyOpen,
  ENFILE: tooManyOpen,
  EBUSY: { it: 'è occupato da un altro programma', en: 'another program keeps it busy' },
  [isPipe]: {
    it: 'è una pipe, non un file; per leggerne il contenuto passarlo sullo standard input con -',
    en: 'it is a pipe, not a file; to have its content read hand it over as standard input with -',
  },
  EIO: { it: 'il disco non risponde', en: 'the disk does not answer' },
};

/** What is lacking where a file is to be made. */
const writeTroubles: Readonly<Record<string, Sentence>> = {
  ENOENT: { it: 'la cartella non esiste', en: 'its folder does not exist' },
};

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '?';
}

/**
 * Says why the system refused.
 * @param error what `node:fs` threw
 * @param act what was tried; to read by default
 * @returns a clause without a full stop, to stand behind a colon
 */
export function troubleOf(error: unknown, act: 'read' | 'write' = 'read'): Sentence {
  const code = codeOf(error);
  const table = act === 'write' ? { ...troubles, ...writeTroubles } : troubles;
  const known = Object.hasOwn(table, code) ? table[code] : undefined;
  return known ?? { it: `il sistema non lo permette (${code})`, en: `the system refuses it (${code})` };
}
