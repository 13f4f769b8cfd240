/** Builds the one bundle that the kernel's package ships. */

import { mkdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const OUT = "../nbstream/static";
const LIMIT_BYTES = { minified: 60_000, gzip: 20_000 };

mkdirSync(OUT, { recursive: true });
await build({
  entryPoints: { widget: "src/widget.ts" },
  outdir: OUT,
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none",
});
await build({ entryPoints: ["src/widget.css"], outdir: OUT, minify: true });

const code = readFileSync(`${OUT}/widget.js`);
const size = { minified: code.length, gzip: gzipSync(code).length };
console.log(`widget.js: ${size.minified} bytes, ${size.gzip} gzipped`);
for (const [kind, limit] of Object.entries(LIMIT_BYTES)) {
  if (size[kind] > limit) throw new Error(`widget.js is ${size[kind]} bytes ${kind}; at most ${limit} are allowed.`);
}
