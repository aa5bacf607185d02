// configserver: `{cipher}…` values are decrypted on their way out; what cannot be is shown as `invalid.<key>`, as Spring does.
import type { FlatValue } from '@staffetta/platform/config/flat-values.ts';
import type { TextCipher } from './cipher.ts';
import type { PropertySource } from './read-environment.ts';

const mark = '{cipher}';

/**
 * Takes the words in front of a text that say with which key it was encrypted (`{key:a}`, `{secret:b}`, `{name:c}`); there is one key.
 * @param text what stands after `{cipher}`
 */
export function withoutKeyWords(text: string): string {
  return text.replace(/^(?:\{[\w.-]+:[^{}]*\})+/, '').replace(/^\{plain\}/, '');
}

function decryptOne(source: PropertySource, cipher: TextCipher, onInvalid: (key: string) => void): PropertySource {
  const plain = new Map<string, FlatValue>();
  const decrypted = new Map<string, FlatValue>();
  const origins = new Map(source.origins);
  for (const [key, value] of source.source) {
    if (typeof value !== 'string' || !value.startsWith(mark)) {
      plain.set(key, value);
      continue;
    }
    origins.delete(key);
    try {
      decrypted.set(key, cipher.decrypt(withoutKeyWords(value.slice(mark.length))));
    } catch {
      onInvalid(key);
      decrypted.set(`invalid.${key}`, '<n/a>');
    }
  }
  return { ...source, source: new Map([...plain, ...decrypted]), origins };
}

/**
 * Decrypts what is encrypted.
 * @param sources as they were read
 * @param cipher of the server's key; without one values are given on as they are, for clients that hold the key
 * @param onInvalid told of each key whose value cannot be decrypted
 */
export function decryptSources(
  sources: readonly PropertySource[],
  cipher: TextCipher | undefined,
  onInvalid: (key: string, source: string) => void,
): readonly PropertySource[] {
  if (!cipher) return sources;
  return sources.map((source) => decryptOne(source, cipher, (key) => onInvalid(key, source.name)));
}
