/**
 * Builds what the kernel's package ships: bundles, of which a notebook loads those of its widgets (without sound, or a
 * collector, none of that), and parts, which a page asks for when somebody first uses them.
 */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { minify } from "terser";

const OUT = "../nbstream/static";
const BUNDLES = ["widget", "sound", "collector", "upload", "record"];
const PARTS = readdirSync("src/entries/parts").map((name) => `parts/${name.replace(".ts", "")}`);
const LIMIT_BYTES = { minified: 90_000, gzip: 30_000 };

mkdirSync(OUT, { recursive: true });
const shared = { outdir: OUT, bundle: true, minify: true };
await build({
  ...shared,
  entryPoints: [...BUNDLES, ...PARTS].map((name) => `src/entries/${name}.ts`),
  format: "esm",
  target: "es2022",
  legalComments: "none",
});
await build({ ...shared, entryPoints: BUNDLES.map((name) => `src/entries/${name}.css`) });

for (const name of [...BUNDLES, ...PARTS]) {
  const path = `${OUT}/${name}.js`;
  // What esbuild leaves is 2 % larger gzipped than need be, and every notebook pays for it.
  const { code: text } = await minify(readFileSync(path, "utf8"), {
    module: true,
    ecma: 2022,
    compress: { passes: 3 },
  });
  const code = Buffer.from(text);
  writeFileSync(path, code);
  const size = { minified: code.length, gzip: gzipSync(code).length };
  console.log(`${name}.js: ${size.minified} bytes, ${size.gzip} gzipped`);
  for (const [kind, limit] of Object.entries(LIMIT_BYTES)) {
    if (size[kind] > limit) throw new Error(`${name}.js is ${size[kind]} bytes ${kind}; at most ${limit} are allowed.`);
  }
}
