/** Builds the bundles that the kernel's package ships: a notebook without sound, or collector, loads none of it. */

import { mkdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const OUT = "../nbstream/static";
const BUNDLES = ["widget", "sound", "collector"];
const LIMIT_BYTES = { minified: 90_000, gzip: 30_000 };

mkdirSync(OUT, { recursive: true });
const shared = { outdir: OUT, bundle: true, minify: true };
await build({
  ...shared,
  entryPoints: BUNDLES.map((name) => `src/entries/${name}.ts`),
  format: "esm",
  target: "es2022",
  legalComments: "none",
});
await build({ ...shared, entryPoints: BUNDLES.map((name) => `src/entries/${name}.css`) });

for (const name of BUNDLES) {
  const code = readFileSync(`${OUT}/${name}.js`);
  const size = { minified: code.length, gzip: gzipSync(code).length };
  console.log(`${name}.js: ${size.minified} bytes, ${size.gzip} gzipped`);
  for (const [kind, limit] of Object.entries(LIMIT_BYTES)) {
    if (size[kind] > limit) throw new Error(`${name}.js is ${size[kind]} bytes ${kind}; at most ${limit} are allowed.`);
  }
}
