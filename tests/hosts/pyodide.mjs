// Runs the story of in_pyodide.py in Pyodide. Arguments: its folder, the repository, site-packages, a picture in Base64.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [home, repository, packages, picture] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${home}/pyodide.mjs`));
const pyodide = await loadPyodide();
for (const [at, root] of Object.entries({ "/repository": repository, "/packages": packages })) {
  pyodide.FS.mkdirTree(at);
  pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root }, at);
}
const story = readFileSync(`${repository}/tests/hosts/in_pyodide.py`, "utf8");
await pyodide.runPythonAsync(`${story}\nawait story("${picture}")`);
process.exit(0);
