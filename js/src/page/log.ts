/** What the page tells the browser's console; each thing once, for a stream can repeat it 30 times a second. */

const told = new Set<string>();

export function warnOnce(text: string): void {
  if (told.has(text)) return;
  told.add(text);
  console.warn(`[nbstream] ${text}`);
}
