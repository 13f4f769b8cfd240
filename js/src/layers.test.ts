import { expect, it } from "vitest";

/** The folders from the ground up: a file imports from its own folder or from one further up in this list. */
const FOLDERS = [
  "protocol",
  "pacing",
  "page",
  "encode",
  "sound",
  "capture/synthetic",
  "capture",
  "results",
  "pumps",
  "model",
  "view/parts",
  "view",
  "entries",
];
/** These know time only as a number that is handed in, and neither the DOM nor the host's model. */
const PURE = /^(protocol\/.*|pacing\/.*|sound\/(pcm|chunker|outbox|scope|voice))$/;

const sources = import.meta.glob<string>("./**/*.ts", { eager: true, query: "?raw", import: "default" });
const files = Object.entries(sources)
  .map(([path, code]) => ({ name: path.slice(2, -3), code }))
  .filter(({ name }) => !name.endsWith(".test") && !name.startsWith("testing/"));

const folderOf = (name: string) => name.slice(0, name.lastIndexOf("/"));
const rankOf = (name: string) => FOLDERS.indexOf(folderOf(name));

function importsOf({ name, code }: { name: string; code: string }): string[] {
  return [...code.matchAll(/from "(\.[^"]*)"/g)].map(([, path]) => {
    const full = new URL(path as string, `file:///src/${name}`).pathname.slice("/src/".length);
    return files.some((file) => file.name === full) ? full : `${full}/index`;
  });
}

it.each(files)("$name imports only from its own folder or from those below", (file) => {
  expect(rankOf(file.name)).toBeGreaterThanOrEqual(0);
  expect(importsOf(file).filter((imported) => rankOf(imported) > rankOf(file.name))).toEqual([]);
});

it.each(files.filter(({ name }) => PURE.test(name)))("$name touches neither the page nor the host", ({ code }) => {
  expect(code).not.toMatch(/\b(document|window|navigator|performance|setTimeout|anywidget)\b[.(/]/);
});
