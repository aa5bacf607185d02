// configserver: reads what is asked for out of a path: services, profiles and a label, each checked before it names any file.
import { HubError } from '@staffetta/flow/errors.ts';
import { isSafePath } from './config-files.ts';
import type { Asked } from './search-locations.ts';

const listMax = 20;
const labelMax = 200;

function listOf(what: string, text: string): string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length > 0 && names.length <= listMax) return names;
  throw new HubError('BODY_NOT_VALID', `Between one and ${listMax} ${what}s can be asked for, parted by commas.`);
}

/** Letters, digits and signs that mean nothing to a path, a pattern or git; slashes only between such names. */
const nameForm = /^\w[\w.+@#=-]*(?:\/\w[\w.+@#=-]*)*$/;

/**
 * Insists on a plain name.
 * @param what what it names
 * @param name as it was given
 * @throws HubError BODY_NOT_VALID
 */
export function needName(what: string, name: string): string {
  if (nameForm.test(name) && isSafePath(name) && name.length <= labelMax && !name.includes('..')) return name;
  const words = `The ${what} ${JSON.stringify(name.slice(0, 100))} is no plain name of letters, digits, "-", "_" and ".".`;
  throw new HubError('BODY_NOT_VALID', words);
}

/** `(_)` stands for a slash, which a path cannot hold. */
function withSlashes(text: string): string {
  return text.replaceAll('(_)', '/');
}

/**
 * Reads a label.
 * @param text as it stands in the path, or undefined
 * @throws HubError BODY_NOT_VALID where it is no plain name
 */
export function readLabel(text: string | undefined): string | undefined {
  return text === undefined ? undefined : needName('label', withSlashes(text));
}

/**
 * Reads what is asked for.
 * @param app one service or several, parted by commas
 * @param profile one profile or several, parted by commas; the last wins
 * @param label a branch, tag or commit, or undefined
 * @throws HubError BODY_NOT_VALID where a name is no plain name
 */
export function readAsked(app: string, profile: string, label: string | undefined): Asked {
  return {
    apps: listOf('service', app).map((name) => needName('service', withSlashes(name))),
    profiles: listOf('profile', profile).map((name) => needName('profile', name)),
    label: readLabel(label),
  };
}
