// Starts Cloudflare's local R2 with its S3 face; oracle.sh says why and how.
import { Miniflare } from "miniflare";

const { LISTEN, BUCKETS, KEY_ID, SECRET } = process.env;
const s3Credentials = { accessKeyId: KEY_ID, secretAccessKey: SECRET };
const buckets = BUCKETS.split(",").map((id) => [id, { id, s3Credentials }]);

const server = new Miniflare({
  host: "127.0.0.1",
  port: Number(LISTEN),
  modules: true,
  script: "export default { fetch: () => new Response('only the S3 face is used here') };",
  compatibilityDate: "2026-01-01",
  cf: false,
  r2Buckets: Object.fromEntries(buckets),
});
await server.ready;
console.log("READY");
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, async () => {
    await server.dispose();
    process.exit(0);
  });
}
