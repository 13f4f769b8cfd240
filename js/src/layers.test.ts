import { describe, expect, it } from "vitest";

/**
 * The folders from the ground up, each with what is in it: a file imports from its own folder or from one further up in
 * this list, types included.
 */
const FOLDERS: Record<string, string> = {
  protocol: "The wire: what this page says is built here, what the kernel says is checked.",
  pacing: "When: whether the device shall be on, when the next frame leaves, how much the link carries.",
  page: "What all widgets of one browser document share: clock, log, visibility, what was painted.",
  encode: "A camera's picture becomes a JPEG.",
  sound: "Samples: cut into chunks, kept until they are stored, played, and the browser's audio for both.",
  "capture/synthetic": "A camera that is drawn.",
  capture: "Opens devices of any kind, and tells why one is not there.",
  feeds: "An open camera's pictures, one after the other.",
  results: "What the kernel sends back to be seen: decoded, painted, told as painted.",
  pumps: "From an open device to messages: each takes what one device gives until it is stopped.",
  model: "What lives once per widget and page: hears the kernel and keeps device, pump and results in step.",
  "view/parts": "What views are made of: elements, words, controls, bars, and what is drawn over pictures.",
  "view/bar": "The quiet bar over a camera's picture, and what it opens.",
  view: "What lives once per place on the screen.",
  entries: "What the host loads: one file and one style sheet per bundle.",
  "entries/parts": "What few use: the kernel hands it over when it is first asked for.",
};
const MAX_FILES = 12;
/** These know time only as a number that is handed in, and neither the DOM nor the host's model. */
const PURE = /^(protocol\/.*|pacing\/.*|sound\/(pcm|chunker|outbox|repeats|scope|voice))$/;

const sources = import.meta.glob<string>("./**/*.ts", { eager: true, query: "?raw", import: "default" });
const files = Object.entries(sources)
  .map(([path, code]) => ({ name: path.slice(2, -3), code }))
  .filter(({ name }) => !name.endsWith(".test") && !name.startsWith("testing/"));

const folderOf = (name: string) => name.slice(0, name.lastIndexOf("/"));
const rankOf = (name: string) => Object.keys(FOLDERS).indexOf(folderOf(name));

function importsOf({ name, code }: { name: string; code: string }): string[] {
  return [...code.matchAll(/(?:from|import\() ?"(\.[^"]*)"/g)].map(([, path]) => {
    const full = new URL(path as string, `file:///src/${name}`).pathname.slice("/src/".length);
    return files.some((file) => file.name === full) ? full : `${full}/index`;
  });
}

const imports = new Map(files.map((file) => [file.name, importsOf(file)]));

/** The way from a file back to itself; null if there is none. */
function circleFrom(start: string, name = start, way: readonly string[] = []): string[] | null {
  for (const next of imports.get(name) ?? []) {
    if (next === start) return [...way, name, next];
    if (way.includes(next) || folderOf(next) !== folderOf(start)) continue;
    const circle = circleFrom(start, next, [...way, name]);
    if (circle) return circle;
  }
  return null;
}

it.each(files)("$name imports only from its own folder or from those below", ({ name }) => {
  expect(rankOf(name), `a place in FOLDERS for ${folderOf(name)}`).toBeGreaterThanOrEqual(0);
  expect(imports.get(name)?.filter((imported) => rankOf(imported) > rankOf(name))).toEqual([]);
});

it.each(files)("$name is in no circle of imports", ({ name }) => {
  expect(circleFrom(name)).toBeNull();
});

describe.each(Object.entries(FOLDERS))("%s", (folder, sentence) => {
  it("says in a sentence what is in it, and holds a dozen files at most", () => {
    const count = files.filter(({ name }) => folderOf(name) === folder).length;
    expect([sentence.length > 20, count > 0, count <= MAX_FILES]).toEqual([true, true, true]);
  });
});

it.each(files.filter(({ name }) => PURE.test(name)))("$name touches neither the page nor the host", ({ code }) => {
  expect(code).not.toMatch(/\b(document|window|navigator|performance|setTimeout|anywidget)\b[.(/]/);
});
