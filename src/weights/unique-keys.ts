/** @file JSON.parse keeps the last of equal keys; where that hides something, they are an error. */

/**
 * The first key that an object of a JSON text repeats, or null. Keys are compared as read, so `"a"` equals `"\u0061"`.
 *
 * @param text valid JSON (call `JSON.parse` first)
 */
export function repeatedKey(text: string): string | null {
  // One entry an open bracket: the keys of an object so far, or null for an array.
  const open: (Set<string> | null)[] = [];
  // In valid JSON a string is a key exactly when a colon follows it.
  const tokens = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g;
  for (const [token, colon] of text.matchAll(tokens)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (colon !== undefined) {
      const key = JSON.parse(token.slice(0, token.length - colon.length)) as string;
      const keys = open[open.length - 1] as Set<string>;
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return null;
}
