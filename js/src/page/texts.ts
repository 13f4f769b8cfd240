/**
 * The words that people read, in another language than English: a table that the kernel gives, by the English text.
 *
 * What is in braces, such as {count}, is filled in. A note of several sentences may be in the table as a whole or in parts.
 */

/** By the English text; null: English. */
export type TextTable = Record<string, string> | null;
type Pattern = [RegExp, string];

const MAX_KNOWN = 300;
const SENTENCES = /(?<=[.!?]) (?=[A-Z])/;
let exact: Record<string, string> = {};
let patterns: Pattern[] = [];
let known = new Map<string, string>();

/** From now on say these. */
export function setTexts(table: TextTable): void {
  exact = table ?? {};
  patterns = Object.entries(exact)
    .filter(([english]) => english.includes("{"))
    .map(([english, text]) => [toPattern(english), text]);
  known = new Map();
}

/** For what has a table of its own. */
export function currentTexts(): TextTable {
  return exact;
}

/** What to say for an English text of ours; what is not in the table stays English. */
export function translated(english: string): string {
  if (english === "" || Object.keys(exact).length === 0) return english;
  const before = known.get(english);
  if (before !== undefined) return before;
  if (known.size >= MAX_KNOWN) known.clear();
  const text = whole(english) ?? inParts(english.split(SENTENCES));
  known.set(english, text);
  return text;
}

function whole(english: string): string | null {
  if (Object.hasOwn(exact, english)) return exact[english] as string;
  for (const [pattern, text] of patterns) {
    const found = pattern.exec(english);
    if (found) return text.replace(/\{(\w+)\}/g, (all, name) => found.groups?.[name] ?? all);
  }
  return null;
}

/** The longest beginning that is in the table, and then the rest. */
function inParts(sentences: readonly string[]): string {
  for (let count = sentences.length; count > 0; count--) {
    const text = whole(sentences.slice(0, count).join(" "));
    if (text === null && count > 1) continue;
    const rest = sentences.slice(count);
    return [text ?? sentences[0], ...(rest.length > 0 ? [inParts(rest)] : [])].join(" ");
  }
  return "";
}

/** A place takes one line, and not the end of a sentence. */
function toPattern(english: string): RegExp {
  const escaped = english.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replace(/\{(\w+)\}/g, "(?<$1>.+?)")}$`);
}
