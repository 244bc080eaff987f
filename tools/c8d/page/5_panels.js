// SPDX-License-Identifier: Apache-2.0
// What stands beside the timeline: the state at the cursor, the anomalies, and the table of runs.
"use strict";

const STATES_MAX = 60;
const ODD_PIECE = 100;
const TABLE_PAGE = 100;

// ---- at the cursor

function eventsAt(line) {
  const first = beyond(allMoves, line - 1, lineOf);
  const last = beyond(allMoves, line, lineOf);
  return allMoves.slice(first, last);
}

function showCursor() {
  const line = view.cursor;
  const us = timeAt(line);
  const counts = new Array(STATES.length).fill(0);
  const items = [];
  for (const row of rows) {
    const state = stateAt(row, line);
    if (state === null) continue;
    counts[state]++;
    if (state === DELETED || state === STOPPED || items.length >= STATES_MAX) continue;
    items.push({ row, state });
  }
  $("cursor-line").textContent = `Line ${line} of ${D.lines}` + (us === null ? "" : ", " + formatTime(us)) + (isBack(line) ? " \u21BA earlier than a line before" : "");
  $("cursor-events").replaceChildren(...eventsAt(line).slice(0, 20).map((move) =>
    make("li", (move.row < 0 ? "connection" : rows[move.row].label) + " " + moveText(move))));
  $("cursor-counts").textContent = STATES.map((state, i) => [counts[i], state]).filter(([n]) => n > 0).map(([n, state]) => n + " " + state).join(", ") || "nothing is known yet";
  $("cursor-states").replaceChildren(...items.map(({ row, state }) => {
    const item = make("li");
    const button = make("button", null, { type: "button" });
    button.append(make("i", null, { class: "is-" + STATES[state], "aria-hidden": "true" }), row.label, make("small", STATES[state] + ", run " + changeAt(row, line).run));
    button.addEventListener("click", () => choose(row.index, true));
    item.append(button);
    return item;
  }));
  for (const item of $("anomalies").children) {
    if (Number(item.dataset.line) === line) item.setAttribute("aria-current", "true");
    else item.removeAttribute("aria-current");
  }
}

// ---- anomalies

let oddShown = 0;

function oddItem(odd) {
  const item = make("li", null, { "data-line": odd.line });
  const button = make("button", null, { type: "button" });
  button.append(make("strong", odd.kind), make("small", `line ${odd.line}` + (odd.row >= 0 ? `, ${rows[odd.row].label}, run ${odd.run}` : "")), odd.detail);
  button.addEventListener("click", () => goToOdd(odd));
  item.append(button);
  return item;
}

function showMoreOdds() {
  const more = anomalies.slice(oddShown, oddShown + ODD_PIECE);
  $("anomalies").append(...more.map(oddItem));
  oddShown += more.length;
  $("more-anomalies").hidden = oddShown >= anomalies.length;
  $("more-anomalies").textContent = `Show more (${anomalies.length - oddShown} left)`;
}

function showOdds() {
  $("odd-title").textContent = anomalies.length === 0 ? "Nothing odd" : `Anomalies (${anomalies.length})`;
  showMoreOdds();
}

// A run that would be a hair in the view is looked at from near.
function showRun(row, number) {
  const first = row.changes.find((change) => change.run === number);
  if (first === undefined) return;
  const next = row.changes.find((change) => change.run === number + 1);
  const last = next !== undefined ? next.line : row.changes[row.changes.length - 1].line;
  const span = Math.max(last - first.line, 10);
  if (span < (view.to - view.from) / 20) look(first.line - span / 2, last + span / 2);
}

function goToOdd(odd) {
  if (odd.row >= 0) {
    choose(odd.row, true);
    showRun(rows[odd.row], odd.run);
  }
  moveCursor(odd.line, true);
}

// ---- table

const COLUMNS = [
  ["Process", (run) => run.row.label], ["Run", (run) => run.run], ["State", (run) => STATES[run.state]],
  ["Code", (run) => (run.state === STOPPED || run.state === DELETED ? run.code : -2)], ["OOM", (run) => run.oom], ["Pid", (run) => run.pid],
  ["Started", (run) => run.started ?? -Infinity], ["Exited", (run) => run.ended ?? -Infinity],
  ["Anomalies", (run) => oddsOf(run).length],
];
let tableRuns = [];
let tablePage = 0;
let tableSort = { column: -1, down: false };

const oddsOf = (run) => run.row.odds.filter((odd) => odd.run === run.run);
const isOver = (run) => run.state === STOPPED || run.state === DELETED;

function tableRow(run) {
  const line = make("tr", null, run.row.index === view.chosen ? { class: "chosen" } : {});
  const name = make("th", null, { scope: "row" });
  const button = make("button", run.row.label, { type: "button" });
  button.addEventListener("click", () => {
    const first = run.row.changes.find((change) => change.run === run.run);
    choose(run.row.index, true);
    showAs("timeline");
    showRun(run.row, run.run);
    if (first !== undefined) moveCursor(first.line, true);
  });
  name.append(button);
  const code = !isOver(run) ? "" : run.code < 0 ? "unknown" : String(run.code);
  const odds = oddsOf(run);
  line.append(name, make("td", run.run, { class: "number" }), make("td", STATES[run.state]),
    make("td", code, { class: code !== "" && code !== "0" ? "number bad" : "number" }), make("td", run.oom ? "oom" : ""),
    make("td", run.pid || "", { class: "number" }), make("td", formatTime(run.started)), make("td", isOver(run) ? formatTime(run.ended) : ""),
    make("td", odds.map((odd) => odd.kind).join(", "), odds.length > 0 ? { class: "bad" } : {}));
  return line;
}

function showTable() {
  const pages = Math.max(1, Math.ceil(tableRuns.length / TABLE_PAGE));
  tablePage = Math.min(Math.max(0, tablePage), pages - 1);
  const first = tablePage * TABLE_PAGE;
  $("table-body").replaceChildren(...tableRuns.slice(first, first + TABLE_PAGE).map(tableRow));
  $("page-now").textContent = tableRuns.length === 0 ? "no run fits" : `runs ${first + 1} to ${Math.min(first + TABLE_PAGE, tableRuns.length)} of ${tableRuns.length}`;
  $("page-before").disabled = tablePage === 0;
  $("page-after").disabled = tablePage === pages - 1;
}

function fillTable(pass) {
  tableRuns = runs.filter((run) => pass(run.row));
  if (tableSort.column >= 0) {
    const key = COLUMNS[tableSort.column][1];
    tableRuns.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0) * (tableSort.down ? -1 : 1));
  }
  tablePage = 0;
  if (!$("table").hidden) showTable();
}

function makeTableHead() {
  COLUMNS.forEach(([title], column) => {
    const head = make("th", null, { scope: "col" });
    const button = make("button", title, { type: "button" });
    button.addEventListener("click", () => {
      tableSort = { column, down: tableSort.column === column && !tableSort.down };
      for (const other of $("table-head").children) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", tableSort.down ? "descending" : "ascending");
      fillTable(passes());
    });
    head.append(button);
    $("table-head").append(head);
  });
  $("page-before").addEventListener("click", () => { tablePage--; showTable(); });
  $("page-after").addEventListener("click", () => { tablePage++; showTable(); });
}
