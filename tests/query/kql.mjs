// Holds every query in KQL against Microsoft's own parser and binder, with the columns of assets/query/columns.csv.
//
//   node tests/query/kql.mjs FOLDER     every FILE.kql of the folder; a file NAME.xdr.… sees Defender's tables alone
//
// No diagnostic may come of it, and no string may be compared with a number: the binder lets that pass, and the engine
// compares the texts of the two.
import { createRequire } from "node:module";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const require = createRequire(import.meta.url);
require("@kusto/language-service-next/bridge.min.js");
require("@kusto/language-service-next/Kusto.Language.Bridge.min.js");
const { Language } = globalThis.Kusto;
const { Symbols, Syntax } = Language;

const OF_DEFENDER = ["EntraIdSignInEvents", "GraphApiAuditEvents", "CloudAppEvents"];
const NUMBERS = ["int", "long", "real", "decimal"];

/** The tables of one side, from the list of columns. */
function tables(ofDefender) {
  const lines = readFileSync(new URL("../../assets/query/columns.csv", import.meta.url), "utf8").trim().split("\n");
  const columns = new Map();
  for (const line of lines.slice(1)) {
    const [table, column, type] = line.split(",");
    if (OF_DEFENDER.includes(table) === ofDefender) {
      columns.set(table, [...(columns.get(table) ?? []), `['${column}']: ${type}`]);
    }
  }
  const symbols = [...columns].map(([name, list]) => Symbols.TableSymbol.From(`(${list.join(", ")})`).WithName(name));
  const database = new Symbols.DatabaseSymbol.ctor("Logs", symbols);
  return Language.GlobalState.Default.WithDatabase(database);
}

/** Comparisons of a string with a number. */
function mixed(code) {
  const found = [];
  Syntax.SyntaxElement.WalkNodes(code.Syntax, (node) => {
    if (!(node instanceof Syntax.BinaryExpression)) return;
    const [left, right] = [node.Left, node.Right].map((side) => side.ResultType?.Name);
    const isMixed = (one, other) => one === "string" && NUMBERS.includes(other);
    if (isMixed(left, right) || isMixed(right, left)) found.push(node.toString().trim());
  });
  return found;
}

function faults(text, globals) {
  const code = Language.KustoCode.ParseAndAnalyze(text, globals);
  const diagnostics = code.GetDiagnostics();
  const found = [];
  for (let at = 0; at < diagnostics.Count; at++) {
    const { Code, Message, Start, Length } = diagnostics.getItem(at);
    const line = text.slice(0, Start).split("\n").length;
    found.push(`line ${line}: ${Code} ${Message}: ${text.slice(Start, Start + Length).slice(0, 80)}`);
  }
  return [...found, ...mixed(code).map((text) => `compares a string with a number: ${text}`)];
}

/** A check that finds nothing where there is something would prove nothing. */
function checkItself(globals) {
  const bad = ["SigninLogs | where ResultType == 0", "SigninLogs | where Nothing == 1", "SigninLogs | where ("];
  for (const text of bad) {
    if (faults(text, globals).length === 0) throw new Error(`passes, and must not: ${text}`);
  }
  if (faults('SigninLogs | where ResultType == "0"', globals).length > 0) throw new Error("refuses what is right");
}

const folder = process.argv[2];
const globals = { workspace: tables(false), defender: tables(true) };
checkItself(globals.workspace);
const files = readdirSync(folder).filter((name) => name.endsWith(".kql")).sort();
// Values that try to end a literal must come out of it as they went in.
const hostile = JSON.stringify(JSON.parse(readFileSync(join(folder, "hostile.json"), "utf8")));
let wrong = 0;
for (const name of files) {
  const found = faults(readFileSync(join(folder, name), "utf8"), name.includes(".xdr.") ? globals.defender : globals.workspace);
  const users = /^let Users = dynamic\((.*)\);/m.exec(readFileSync(join(folder, name), "utf8"));
  if (users && JSON.stringify(JSON.parse(users[1])) !== hostile) found.push("changes a value");
  for (const fault of found) console.log(`${name}: ${fault}`);
  wrong += found.length > 0 ? 1 : 0;
}
console.log(`${files.length} queries in KQL, ${wrong} with faults`);
process.exit(files.length > 0 && wrong === 0 ? 0 : 1);
