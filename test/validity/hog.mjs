/** Keeps a core busy until it is ended. node hog.mjs SECONDS (a limit, should nobody end it) */
const endMs = performance.now() + Number(process.argv[2] ?? 60) * 1000
while (performance.now() < endMs);
