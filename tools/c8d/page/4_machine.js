// SPDX-License-Identifier: Apache-2.0
// The machines, drawn from their tables, with the path that the chosen process took through them.
"use strict";

// Where the states stand: column and row. A state that has no place here gets one below the others.
const PLACES = {
  process: {
    LOADING: [0, 0], UNOBSERVED: [0, 1], ABSENT: [0, 2], CREATE_DOUBT: [1, 1], CREATING: [1, 2], CREATED: [2, 2],
    CREATED_DELETING: [1, 3], CREATED_DELETE_DOUBT: [1, 4], START_DOUBT: [2, 0], STARTING_ENDED: [3, 0], STARTING: [3, 2],
    STARTING_SEEN: [3, 1], STARTING_OVER: [4, 0], NEVER_RAN: [2, 3], NEVER_RAN_DELETING: [2, 4],
    NEVER_RAN_DELETE_DOUBT: [3, 4], RUNNING: [4, 2], KILLING: [4, 3], KILL_DOUBT: [4, 4], EXITED: [5, 2], REAPING: [5, 3],
    REAP_DOUBT: [5, 4], DELETING: [6, 2], DELETE_DOUBT: [6, 1],
  },
  task: {
    DOWN: [0, 1], THAWED: [1, 1], PAUSING: [2, 0], PAUSE_DOUBT: [3, 0], PAUSED: [3, 1], RESUMING: [2, 2], RESUME_DOUBT: [3, 2],
    CHECKPOINTING: [1, 0], DOWN_CALLING: [0, 2], UP_CALLING: [1, 2],
  },
  container: {
    UNOBSERVED: [1, 0], LOADING: [0, 0], ABSENT: [0, 1], CREATING: [1, 1], CREATE_DOUBT: [1, 2], PRESENT: [2, 1],
    DELETING: [3, 1], DELETE_DOUBT: [3, 2],
  },
  connection: {
    IDLE: [0, 1], OPENING: [1, 1], OPENING_RESTORE: [1, 0], UP: [2, 1], LISTING: [3, 0], LIST_PAUSE: [4, 0], PAUSE: [3, 2],
    REOPENING: [3, 1], CLOSED: [4, 1],
  },
};
const TABS = ["process", "task", "container", "connection"];
const BOX = { width: 128, height: 28 };
const SVG = "http://www.w3.org/2000/svg";

let machineShown = "process";

function svg(tag, attributes, text) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

// A small machine has room for the words on its arrows.
const gridOf = (machine) => (machine.states.length > 12 ? { column: 146, level: 64 } : { column: 215, level: 96 });

function placesOf(machine) {
  const grid = gridOf(machine);
  const known = PLACES[machine.name] || {};
  const below = Math.max(0, ...Object.values(known).map((place) => place[1] + 1));
  let extra = 0;
  return machine.states.map((state) => {
    const [column, level] = Object.hasOwn(known, state) ? known[state] : [extra++, below];
    return { x: 8 + column * grid.column + BOX.width / 2, y: 10 + level * grid.level + BOX.height / 2 };
  });
}

// Where the line from `from` to the middle of the box `to` meets its edge.
function edgeOf(from, to) {
  const dx = from.x - to.x;
  const dy = from.y - to.y;
  const scale = Math.min(dx !== 0 ? (BOX.width / 2 + 2) / Math.abs(dx) : Infinity, dy !== 0 ? (BOX.height / 2 + 2) / Math.abs(dy) : Infinity);
  return { x: to.x + dx * scale, y: to.y + dy * scale };
}

// On the outer side of a curve, whose direction is (outX, outY).
function labelAt(x, y, outX, outY) {
  if (Math.abs(outX) > 0.6) return { x: x + outX * 6, y: y + 3, "text-anchor": outX > 0 ? "start" : "end" };
  return { x, y: y + (outY > 0 ? 13 : -5), "text-anchor": "middle" };
}

// A curve that leaves room for its fellow in the other direction, and for the boxes between.
function curve(a, b) {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const far = Math.hypot(dx, dy);
  const bend = Math.abs(dy) < 1 && Math.abs(dx) > 2 * BOX.width ? 0.24 : 0.1;
  const middle = { x: (a.x + b.x) / 2 + (dy / far) * far * bend, y: (a.y + b.y) / 2 - (dx / far) * far * bend };
  const begin = edgeOf(middle, a);
  const end = edgeOf(middle, b);
  return {
    path: `M${begin.x.toFixed(1)} ${begin.y.toFixed(1)}Q${middle.x.toFixed(1)} ${middle.y.toFixed(1)} ${end.x.toFixed(1)} ${end.y.toFixed(1)}`,
    label: labelAt(begin.x / 4 + middle.x / 2 + end.x / 4, begin.y / 4 + middle.y / 2 + end.y / 4, dy / far, -dx / far),
  };
}

function arrowHead(id) {
  const head = svg("marker", { id, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, markerUnits: "userSpaceOnUse", orient: "auto" });
  head.append(svg("path", { d: "M0 0L8 4L0 8z" }));
  return head;
}

// The moves that belong to the run which the cursor is in, or of the connection all.
function movesAtCursor(machine) {
  if (machine === "connection") return connection.moves;
  if (view.chosen < 0) return [];
  const row = rows[view.chosen];
  const owner = machine === "process" ? row : rows[row.owner];
  const number = MACHINES.indexOf(machine);
  const own = owner.moves.filter((move) => move.machine === number);
  const run = changeAt(row, view.cursor) || row.changes[0];
  if (run === undefined || run === null || machine !== "process") return own;
  const first = row.changes.find((change) => change.run === run.run).line;
  const next = row.changes.find((change) => change.run > run.run);
  return own.filter((move) => move.line >= first && (next === undefined || move.line < next.line));
}

// The arrows of a path, each with what took it; those after the cursor are "later".
function takenArrows(moves) {
  const taken = new Map();
  for (const move of moves) {
    if (move.from === move.to) continue;
    const key = move.from + ">" + move.to;
    const arrow = taken.get(key) || { from: move.from, to: move.to, symbols: new Set(), times: 0, later: true };
    arrow.symbols.add(symbolOf(move));
    arrow.times++;
    if (move.line <= view.cursor) arrow.later = false;
    taken.set(key, arrow);
  }
  return taken;
}

function drawArrows(picture, machine, places, taken) {
  for (const [from, to, ...symbols] of machine.arrows) {
    if (taken.has(from + ">" + to)) continue;
    const arrow = svg("path", { class: "arrow", d: curve(places[from], places[to]).path, "marker-end": "url(#head-plain)" });
    arrow.append(svg("title", {}, machine.states[from] + " \u2192 " + machine.states[to] + ": " + symbols.map((symbol) => D.symbols[symbol]).join(", ")));
    picture.append(arrow);
  }
  const labels = [];
  for (const arrow of taken.values()) {
    const line = curve(places[arrow.from], places[arrow.to]);
    const names = [...arrow.symbols].join(", ");
    picture.append(svg("path", { class: arrow.later ? "arrow later" : "arrow taken", d: line.path, "marker-end": "url(#head-taken)" }));
    labels.push(svg("text", { class: "arrow-label", ...line.label }, names + (arrow.times > 1 ? " \u00D7" + arrow.times : "")));
  }
  return labels;
}

function drawStates(picture, machine, places, seen, now) {
  machine.states.forEach((name, state) => {
    const group = svg("g", { class: "state" + (seen.has(state) ? " seen" : "") + (state === now ? " now" : ""), "data-state": name });
    group.append(svg("rect", { x: places[state].x - BOX.width / 2, y: places[state].y - BOX.height / 2, width: BOX.width, height: BOX.height, rx: 6 }));
    group.append(svg("text", { x: places[state].x, y: places[state].y }, name));
    picture.append(group);
  });
}

function drawMachine() {
  const machine = D.machines[MACHINES.indexOf(machineShown)];
  const places = placesOf(machine);
  const moves = movesAtCursor(machineShown);
  const taken = takenArrows(moves);
  const seen = new Set();
  let now = moves.length > 0 ? moves[0].from : -1;
  for (const move of moves) {
    if (move.line > view.cursor) break;
    seen.add(move.from);
    seen.add(move.to);
    now = move.to;
  }
  const width = Math.max(...places.map((place) => place.x)) + BOX.width / 2 + 8;
  const height = Math.max(...places.map((place) => place.y)) + BOX.height / 2 + 14;
  const who = machineShown === "connection" ? "the connection" : view.chosen >= 0 ? rows[view.chosen].label : "no process";
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `Machine ${machineShown}, path of ${who}: ${moves.length} steps, now ${now >= 0 ? machine.states[now] : "nowhere"}. The list beside it tells the same.` });
  const heads = svg("defs", {});
  heads.append(arrowHead("head-plain"), arrowHead("head-taken"));
  picture.append(heads);
  const labels = drawArrows(picture, machine, places, taken);
  drawStates(picture, machine, places, seen, now);
  picture.append(...labels);
  $("diagram").replaceChildren(picture);
  $("machine-title").textContent = `Machine ${machineShown}: ${who}`;
  listPath(moves);
}

const PATH_MAX = 200;

function listPath(moves) {
  const list = $("path");
  const last = beyond(moves, view.cursor, lineOf) - 1;
  const first = Math.max(0, Math.min(last - PATH_MAX / 2, moves.length - PATH_MAX));
  const items = moves.slice(first, first + PATH_MAX).map((move, i) => {
    const item = make("li", null, first + i > last ? { class: "later" } : {});
    const button = make("button", moveText(move), { type: "button" });
    if (first + i === last) item.setAttribute("aria-current", "step");
    button.append(make("small", "line " + move.line));
    button.addEventListener("click", () => moveCursor(move.line, true));
    item.append(button);
    return item;
  });
  if (moves.length > PATH_MAX) items.unshift(make("li", `${moves.length} steps, of which ${PATH_MAX} around the cursor`));
  if (moves.length === 0) items.push(make("li", "No step of this machine is in the log."));
  list.replaceChildren(...items);
  const current = list.querySelector("[aria-current]");
  if (current !== null) list.scrollTop = Math.max(0, current.offsetTop - list.offsetTop - list.clientHeight / 2);
}

function makeTabs() {
  for (const name of TABS) {
    const button = make("button", name, { type: "button", "aria-pressed": String(name === machineShown), "data-machine": name });
    button.addEventListener("click", () => {
      machineShown = name;
      for (const other of $("machine-tabs").children) other.setAttribute("aria-pressed", String(other === button));
      drawMachine();
    });
    $("machine-tabs").append(button);
  }
}
