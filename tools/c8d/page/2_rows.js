// SPDX-License-Identifier: Apache-2.0
// Which rows there are to see: those that the filter lets through, with the execs of a container folded when they are many.
"use strict";

const FOLD_ABOVE = 4;

const unfolded = new Set();
let shown = []; // {row, fold: execs behind it or 0, lane: true for the folded execs}
let placeOf = new Map(); // row index -> place in `shown`

const terms = {
  code: (row, value) => row.runs.some((run) => (run.state === STOPPED || run.state === DELETED) && String(run.code < 0 ? "unknown" : run.code) === value),
  state: (row, value) => row.runs.length > 0 && STATES[row.runs[row.runs.length - 1].state].startsWith(value),
  kind: (row, value) => row.odds.some((odd) => odd.kind.includes(value)),
  run: (row, value) => row.runs.some((run) => String(run.run) === value),
  pid: (row, value) => row.runs.some((run) => String(run.pid) === value),
  oom: (row) => row.runs.some((run) => run.oom),
};

function parseFilter(text) {
  return text.toLowerCase().split(/\s+/).filter((word) => word !== "").map((word) => {
    const colon = word.indexOf(":");
    const term = colon > 0 && Object.hasOwn(terms, word.slice(0, colon)) ? terms[word.slice(0, colon)] : null;
    return term !== null ? (row) => term(row, word.slice(colon + 1)) : (row) => row.key.includes(word);
  });
}

function passes() {
  const tests = parseFilter($("filter").value);
  const odd = $("odd").checked;
  return (row) => (!odd || row.odds.length > 0) && tests.every((test) => test(row));
}

function chooseRows() {
  const pass = passes();
  let matched = 0;
  shown = [];
  for (const row of rows) {
    if (!row.init) continue;
    const execs = row.execs.filter(pass);
    const own = pass(row);
    if (!own && execs.length === 0) continue;
    matched += execs.length + (own ? 1 : 0);
    const many = execs.length > FOLD_ABOVE;
    const fold = many && !unfolded.has(row.index);
    shown.push({ row, fold: many ? execs.length : 0, lane: null });
    if (fold) shown.push({ row, fold: 0, lane: execs });
    else for (const exec of execs) shown.push({ row: exec, fold: 0, lane: null });
  }
  placeOf = new Map();
  shown.forEach((entry, place) => {
    if (entry.lane === null) placeOf.set(entry.row.index, place);
  });
  const all = rows.length + (rows.length === 1 ? " process" : " processes");
  $("matches").textContent = matched === rows.length ? all : matched + " of " + all;
  return pass;
}

function nameOf(entry) {
  if (entry.lane !== null) return entry.lane.length + " execs, folded";
  return entry.row.init ? entry.row.label : entry.row.name;
}
