import { expect, it } from "vitest";

/** Imports run one way: a file imports from its own layer or from one further down in this list. */
const LAYERS = [
  /^(checks|clock|contract|listeners|log|visibility)$/,
  /^contract_sound$/,
  /^adapt$/,
  /^(session|pacer|stall)$/,
  /^encode\//,
  /^capture\//,
  /^sound\//,
  /^model\//,
  /^view\//,
  /^entry$/,
  /^(widget|sound)$/,
];
/** These know time only as a number that is handed in, and neither the DOM nor the host's model. */
const PURE = /^(checks|contract|contract_sound|adapt|session|pacer|stall|sound\/(pcm|chunker|outbox|scope|voice))$/;

const sources = import.meta.glob<string>("./**/*.ts", { eager: true, query: "?raw", import: "default" });
const files = Object.entries(sources)
  .map(([path, code]) => ({ name: path.slice(2, -3), code }))
  .filter(({ name }) => !name.endsWith(".test") && !name.startsWith("testing/"));

const layerOf = (name: string) => LAYERS.findIndex((layer) => layer.test(name));

function importsOf({ name, code }: { name: string; code: string }): string[] {
  const folder = name.includes("/") ? `${name.slice(0, name.lastIndexOf("/"))}/` : "";
  return [...code.matchAll(/from "(\.[^"]*)"/g)].map(([, path]) => {
    const full = new URL(path as string, `file:///src/${folder}`).pathname.slice("/src/".length);
    return files.some((file) => file.name === full) ? full : `${full}/index`;
  });
}

it.each(files)("$name imports only from its own layer or below", (file) => {
  expect(layerOf(file.name)).toBeGreaterThanOrEqual(0);
  expect(importsOf(file).filter((imported) => layerOf(imported) > layerOf(file.name))).toEqual([]);
});

it.each(files.filter(({ name }) => PURE.test(name)))("$name touches neither the page nor the host", ({ code }) => {
  expect(code).not.toMatch(/\b(document|window|navigator|performance|setTimeout|anywidget)\b[.(/]/);
});
