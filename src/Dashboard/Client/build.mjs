// Bundles each page's script and the style sheet into wwwroot/dist. Nothing is loaded from elsewhere at run time.
import { rm } from "node:fs/promises";
import { build } from "esbuild";

const outdir = new URL("../wwwroot/dist/", import.meta.url).pathname;
await rm(outdir, { recursive: true, force: true });
await build({
  entryPoints: ["src/site.ts", "src/upload.ts", "src/site.css"],
  outdir,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome111", "firefox115", "safari16.4"],
  loader: { ".woff2": "file" },
  assetNames: "fonts/[name]-[hash]",
  legalComments: "linked",
  logLevel: "warning",
});
