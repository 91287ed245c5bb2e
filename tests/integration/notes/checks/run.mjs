// Runs the checks of one library, each by its note's name, and writes what went wrong: {name: "" | message}.
import { pathToFileURL } from "node:url";

const { default: checks } = await import(pathToFileURL(process.argv[2]).href);
const results = {};
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    results[name] = "";
  } catch (fault) {
    results[name] = String(fault.stack ?? fault);
  }
}
process.stdout.write(`\n${JSON.stringify(results)}\n`, () => process.exit(0));
