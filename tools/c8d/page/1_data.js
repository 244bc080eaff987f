// SPDX-License-Identifier: Apache-2.0
// The data, from flat arrays of numbers into rows. A row is a process: init, which stands for its container, or an exec.
"use strict";

const D = JSON.parse(document.getElementById("data").textContent);
const STATES = D.states;
const [UNKNOWN, CREATED, RUNNING, PAUSED, STOPPED, DELETED] = [0, 1, 2, 3, 4, 5];
const MACHINES = D.machines.map((machine) => machine.name);
const LINES = Math.max(1, D.lines);

const $ = (id) => document.getElementById(id);

// An element with text and attributes. Text is never taken for markup.
function make(tag, text, attributes) {
  const element = document.createElement(tag);
  if (text !== undefined && text !== null) element.textContent = text;
  for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
  return element;
}

// Calls `take` with each group of `width` numbers; the first of a group is a line, written as a difference.
function each(flat, width, take) {
  let line = 0;
  for (let i = 0; i < flat.length; i += width) {
    line += flat[i];
    take(line, i);
  }
}

const rows = D.rows.map(([owner, name], index) => {
  const init = typeof owner === "string";
  return {
    index, name, init, owner: init ? index : owner, namespace: init ? owner : "", container: name, execs: [],
    changes: [], moves: [], marks: [], odds: [], runs: [],
  };
});
for (const row of rows) {
  if (row.init) {
    row.label = row.namespace + "/" + row.name;
  } else {
    const owner = rows[row.owner];
    row.namespace = owner.namespace;
    row.container = owner.name;
    row.label = owner.namespace + "/" + owner.name + "/" + row.name;
    owner.execs.push(row);
  }
  row.key = row.label.toLowerCase();
}

const connection = { moves: [], marks: [] };
const allMoves = [];

each(D.changes, 4, (line, i) => {
  rows[D.changes[i + 1]].changes.push({ line, state: D.changes[i + 2], run: D.changes[i + 3] });
});
each(D.moves, 7, (line, i) => {
  const m = D.moves;
  const move = { line, row: m[i + 1], machine: m[i + 2], from: m[i + 3], to: m[i + 4], symbol: m[i + 5], outcome: m[i + 6] };
  allMoves.push(move);
  (move.row < 0 ? connection : rows[move.row]).moves.push(move);
});
each(D.marks, 6, (line, i) => {
  const m = D.marks;
  const mark = { line, kind: D.notices[m[i + 2]], run: m[i + 3], code: m[i + 4], at: m[i + 5] };
  (m[i + 1] < 0 ? connection : rows[m[i + 1]]).marks.push(mark);
});
const runs = [];
for (let i = 0; i < D.runs.length; i += 8) {
  const r = D.runs;
  const run = { row: rows[r[i]], run: r[i + 1], state: r[i + 2], pid: r[i + 3], oom: r[i + 4], code: r[i + 5], ended: r[i + 6], started: r[i + 7] };
  runs.push(run);
  run.row.runs.push(run);
}
const anomalies = D.anomalies.map(([line, row, run, kind, detail], index) => {
  const odd = { index, line, row, run, kind, detail };
  if (row >= 0) rows[row].odds.push(odd);
  return odd;
});
anomalies.sort((a, b) => a.line - b.line);

// From where to where events may be missing: a gap, to the line that says that it has been made good.
const gaps = [];
for (const mark of connection.marks) {
  if (mark.kind === "gap") gaps.push({ from: mark.line, to: LINES + 1 });
  else if (mark.kind === "resynced" && gaps.length > 0) gaps[gaps.length - 1].to = mark.line;
}

// The first place in a list sorted by `key` that is beyond `value`.
function beyond(list, value, key) {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (key(list[middle]) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
const lineOf = (item) => item.line;

// ---- times: labels

const times = { lines: [], us: [], back: [] };
{
  let us = 0;
  let highest = -Infinity;
  each(D.times, 2, (line, i) => {
    us += D.times[i + 1];
    times.lines.push(line);
    times.us.push(us);
    times.back.push(us < highest);
    highest = Math.max(highest, us);
  });
}
const backwards = times.lines.filter((_, i) => times.back[i]);

const placeOfTime = (line) => beyond(times.lines, line, (x) => x) - 1;

function formatTime(us) {
  if (us === null || us === undefined) return "";
  const all = D.epoch + us;
  const date = new Date(Math.floor(all / 1000));
  const micro = String(((all % 1000) + 1000) % 1000).padStart(3, "0");
  return date.toISOString().replace("T", " ").replace("Z", micro + "Z");
}

// The time of a line, or of the last one before it that has one.
function timeAt(line) {
  const place = placeOfTime(line);
  return place < 0 ? null : times.us[place];
}

const isBack = (line) => {
  const place = placeOfTime(line);
  return place >= 0 && times.lines[place] === line && times.back[place];
};

// ---- states

// What a process was at a line: the last change up to it.
function changeAt(row, line) {
  const place = beyond(row.changes, line, lineOf) - 1;
  return place < 0 ? null : row.changes[place];
}

// A paused task freezes its execs, which is told of the task alone.
function stateAt(row, line) {
  const change = changeAt(row, line);
  if (change === null) return null;
  if (!row.init && change.state === RUNNING) {
    const task = changeAt(rows[row.owner], line);
    if (task !== null && task.state === PAUSED) return PAUSED;
  }
  return change.state;
}

function codeText(code) {
  return code < 0 ? "code unknown" : "code " + code;
}

function describe(row) {
  const last = row.runs[row.runs.length - 1];
  let text = row.label;
  if (last !== undefined) {
    text += ", run " + last.run + ", " + STATES[last.state];
    if (last.state === STOPPED || last.state === DELETED) text += ", " + codeText(last.code);
    if (last.oom) text += ", out of memory";
  }
  if (row.odds.length > 0) text += ", " + row.odds.length + (row.odds.length === 1 ? " anomaly" : " anomalies");
  return text;
}

// Symbol 0 is none: a consequence of what happened to another.
const symbolOf = (move) => (move.symbol === 0 ? "(with its task)" : D.symbols[move.symbol]);

function moveText(move) {
  const machine = D.machines[move.machine];
  let text = symbolOf(move);
  if (move.outcome !== 0) text += " (" + D.outcomes[move.outcome] + ")";
  if (move.from !== move.to) text += ": " + machine.states[move.from] + " \u2192 " + machine.states[move.to];
  return text;
}
