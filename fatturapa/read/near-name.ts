// fatturapa: the name that was probably meant by a wrong one.

function edits(a: string, b: string, most: number): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((row[j] ?? most) + 1, (next[j - 1] ?? most) + 1, (row[j - 1] ?? most) + same));
    }
    if (Math.min(...next) > most) return most + 1;
    row = next;
  }
  return row[b.length] ?? most + 1;
}

/**
 * Finds the known name that is nearest to a wrong one.
 * @param name as found
 * @param known the names that may stand
 * @returns the same name in other letter case, or one at most three letters away; else undefined
 */
export function nearName(name: string, known: Iterable<string>): string | undefined {
  if (name.length > 60) return undefined;
  const most = Math.min(3, Math.floor(name.length / 3));
  let best: string | undefined;
  let distance = most + 1;
  for (const candidate of known) {
    if (candidate.toLowerCase() === name.toLowerCase()) return candidate;
    if (Math.abs(candidate.length - name.length) > most) continue;
    const found = edits(name, candidate, most);
    if (found < distance) {
      best = candidate;
      distance = found;
    }
  }
  return best;
}
