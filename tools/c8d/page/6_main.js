// SPDX-License-Identifier: Apache-2.0
// What the hands do: choosing, moving, zooming, by mouse, finger and key.
"use strict";

let wanted = false;
let panelsWanted = false;

// Draws once before the next frame, however often it is asked for.
function draw() {
  if (wanted) return;
  wanted = true;
  requestAnimationFrame(drawNow);
}

function drawNow() {
  wanted = false;
  if (panelsWanted) {
    panelsWanted = false;
    showCursor();
    drawMachine();
  }
  if ($("timeline").hidden) return;
  drawOverview();
  drawAxis();
  drawBars();
  placeNames();
}

// ---- names: elements for those in sight alone

function placeNames() {
  const scroll = $("scroll");
  const first = Math.floor(scroll.scrollTop / view.row);
  const last = Math.min(shown.length, Math.ceil((scroll.scrollTop + scroll.clientHeight) / view.row));
  const items = [];
  for (let place = first; place < last; place++) {
    const entry = shown[place];
    const chosen = entry.lane === null && entry.row.index === view.chosen;
    const item = make("div", null, {
      class: entry.lane !== null || !entry.row.init ? "name exec" : "name", role: "option", id: "row-" + place,
      "aria-selected": String(chosen), "aria-posinset": place + 1, "aria-setsize": shown.length,
      "aria-label": entry.lane !== null ? `${entry.lane.length} execs of ${entry.row.label}, folded; Enter unfolds` : describe(entry.row),
    });
    item.style.top = place * view.row - scroll.scrollTop + "px";
    item.style.height = view.row + "px";
    item.style.lineHeight = view.row - 1 + "px";
    item.title = entry.lane !== null ? entry.row.label : entry.row.label;
    if (entry.lane === null && entry.row.odds.length > 0) item.append(make("span", "\u25B2", { class: "flag", "aria-hidden": "true" }));
    if (entry.fold > 0) item.append(make("span", unfolded.has(entry.row.index) ? "\u25BE " : "\u25B8 ", { class: "fold", "aria-hidden": "true" }));
    item.append(nameOf(entry));
    item.dataset.place = place;
    items.push(item);
  }
  $("names").replaceChildren(...items);
  const place = placeOf.get(view.chosen);
  if (place !== undefined && place >= first && place < last) $("names").setAttribute("aria-activedescendant", "row-" + place);
  else $("names").removeAttribute("aria-activedescendant");
}

function intoSight(place) {
  const scroll = $("scroll");
  const top = place * view.row;
  if (top < scroll.scrollTop) scroll.scrollTop = top;
  else if (top + view.row > scroll.scrollTop + scroll.clientHeight) scroll.scrollTop = top + view.row - scroll.clientHeight;
}

function refilter() {
  const pass = chooseRows();
  fillTable(pass);
  $("spacer").style.height = Math.max(shown.length * view.row, $("scroll").clientHeight) + "px";
  draw();
}

function fold(row) {
  if (unfolded.has(row.index)) unfolded.delete(row.index);
  else unfolded.add(row.index);
  refilter();
}

// ---- choosing and moving

let telling = 0;

// Told to a screen reader when the hands rest.
function tell() {
  clearTimeout(telling);
  telling = setTimeout(() => {
    const row = view.chosen >= 0 ? rows[view.chosen] : null;
    const state = row !== null ? stateAt(row, view.cursor) : null;
    const events = eventsAt(view.cursor).filter((move) => row === null || move.row === row.index).map(moveText).join("; ");
    $("live").textContent = `Line ${view.cursor}. ` + (row !== null ? `${row.label}: ${state === null ? "not seen yet" : STATES[state]}. ` : "") + events;
  }, 150);
}

function choose(index, unfold) {
  const row = rows[index];
  if (unfold && !placeOf.has(index)) {
    if (!row.init) unfolded.add(row.owner);
    $("filter").value = "";
    $("odd").checked = false;
    refilter();
  }
  view.chosen = index;
  const place = placeOf.get(index);
  if (place !== undefined) intoSight(place);
  showAll();
}

function showAll() {
  panelsWanted = true;
  draw();
  tell();
}

function moveCursor(line, into) {
  view.cursor = Math.min(LINES, Math.max(1, Math.round(line)));
  const span = view.to - view.from;
  if (into && (view.cursor < view.from + span * 0.02 || view.cursor > view.to - span * 0.02)) look(view.cursor - span / 2, view.cursor + span / 2);
  showAll();
}

const SPAN_MIN = 6;

function look(from, to) {
  const span = Math.min(LINES, Math.max(Math.min(SPAN_MIN, LINES), to - from));
  view.from = Math.min(Math.max(0.5, from), LINES + 0.5 - span);
  view.to = view.from + span;
  draw();
}

function zoom(factor, around) {
  const at = around !== undefined ? around : view.cursor >= view.from && view.cursor <= view.to ? view.cursor : (view.from + view.to) / 2;
  look(at - (at - view.from) * factor, at + (view.to - at) * factor);
}

function stepCursor(direction, any) {
  const moves = any || view.chosen < 0 ? allMoves : rows[view.chosen].moves;
  const place = direction > 0 ? beyond(moves, view.cursor, lineOf) : beyond(moves, view.cursor - 1, lineOf) - 1;
  if (place >= 0 && place < moves.length) moveCursor(moves[place].line, true);
}

function stepOdd(direction) {
  const place = direction > 0 ? beyond(anomalies, view.cursor, lineOf) : beyond(anomalies, view.cursor - 1, lineOf) - 1;
  if (place >= 0 && place < anomalies.length) goToOdd(anomalies[place]);
}

function stepRow(by) {
  const now = placeOf.get(view.chosen);
  let place = now === undefined ? -1 : now;
  place = Math.min(shown.length - 1, Math.max(0, place + by));
  while (place >= 0 && place < shown.length && shown[place].lane !== null) place += Math.sign(by) || 1;
  if (place >= 0 && place < shown.length) choose(shown[place].row.index, false);
}

function showAs(what) {
  $("timeline").hidden = what !== "timeline";
  $("table").hidden = what === "timeline";
  $("as-timeline").setAttribute("aria-pressed", String(what === "timeline"));
  $("as-table").setAttribute("aria-pressed", String(what !== "timeline"));
  if (what === "timeline") resize();
  else showTable();
}

// ---- keys

const page = () => Math.max(1, Math.floor($("scroll").clientHeight / view.row) - 1);

const KEYS = {
  ArrowUp: () => stepRow(-1), ArrowDown: () => stepRow(1), PageUp: () => stepRow(-page()), PageDown: () => stepRow(page()),
  Home: () => stepRow(-shown.length), End: () => stepRow(shown.length),
  ArrowLeft: (e) => stepCursor(-1, e.shiftKey), ArrowRight: (e) => stepCursor(1, e.shiftKey),
  n: () => stepOdd(1), p: () => stepOdd(-1), "+": () => zoom(0.5), "=": () => zoom(0.5), "-": () => zoom(2),
  0: () => look(0.5, LINES + 0.5), "/": () => $("filter").focus(), t: () => showAs($("timeline").hidden ? "timeline" : "table"),
  "[": () => look(view.from - (view.to - view.from) / 4, view.to - (view.to - view.from) / 4),
  "]": () => look(view.from + (view.to - view.from) / 4, view.to + (view.to - view.from) / 4),
  "?": () => $("help").click(),
  Enter: () => { if (view.chosen >= 0) fold(rows[rows[view.chosen].owner]); },
};

function takeKey(e) {
  const inField = e.target instanceof HTMLInputElement && e.target.type === "search";
  if (inField && e.key === "Escape") {
    $("filter").value = "";
    refilter();
    $("names").focus();
  }
  if (e.ctrlKey || e.altKey || e.metaKey || inField || !Object.hasOwn(KEYS, e.key)) return;
  // Where it has a meaning of its own: a button is pressed by Enter, the table and the lists scroll.
  if (e.key === "Enter" && e.target !== $("names")) return;
  if (/^(Arrow|Page|Home|End)/.test(e.key) && e.target !== $("names") && e.target !== document.body) return;
  e.preventDefault();
  KEYS[e.key](e);
}

// ---- mouse and finger

function takePointer() {
  const bars = $("bars");
  let hold = null;
  const lineUnder = (e) => view.from + ((e.clientX - bars.getBoundingClientRect().left) / bars.clientWidth) * (view.to - view.from);
  bars.addEventListener("pointerdown", (e) => {
    hold = { x: e.clientX, from: view.from, moved: false };
    bars.setPointerCapture(e.pointerId);
  });
  bars.addEventListener("pointermove", (e) => {
    if (hold === null) return;
    const by = ((hold.x - e.clientX) / bars.clientWidth) * (view.to - view.from);
    hold.moved = hold.moved || Math.abs(e.clientX - hold.x) > 4;
    if (hold.moved) look(hold.from + by, hold.from + by + (view.to - view.from));
  });
  bars.addEventListener("pointercancel", () => { hold = null; });
  bars.addEventListener("pointerup", (e) => {
    if (hold !== null && !hold.moved) press(e, lineUnder(e));
    hold = null;
  });
  bars.addEventListener("wheel", (e) => {
    if (e.ctrlKey) {
      e.preventDefault();
      zoom(Math.exp(e.deltaY / 300), lineUnder(e));
    } else if (e.shiftKey || Math.abs(e.deltaX) > Math.abs(e.deltaY)) {
      const by = ((e.deltaX || e.deltaY) / bars.clientWidth) * (view.to - view.from);
      e.preventDefault();
      look(view.from + by, view.to + by);
    }
  }, { passive: false });
  bars.addEventListener("dblclick", (e) => zoom(0.4, lineUnder(e)));
}

function press(e, line) {
  const place = Math.floor((e.clientY - $("bars").getBoundingClientRect().top + $("scroll").scrollTop) / view.row);
  view.cursor = Math.min(LINES, Math.max(1, Math.round(line)));
  if (place < shown.length && shown[place].lane === null) choose(shown[place].row.index, false);
  else showAll();
}

function takeOverview() {
  const overview = $("overview");
  const go = (e) => {
    const box = overview.getBoundingClientRect();
    const line = 0.5 + ((e.clientX - box.left) / box.width) * LINES;
    const span = view.to - view.from;
    if (span >= LINES) moveCursor(line, false);
    else look(line - span / 2, line + span / 2);
  };
  overview.addEventListener("pointerdown", (e) => { overview.setPointerCapture(e.pointerId); go(e); });
  overview.addEventListener("pointermove", (e) => { if (e.buttons !== 0) go(e); });
}

function takeNames() {
  $("names").addEventListener("click", (e) => {
    const item = e.target.closest(".name");
    if (item === null) return;
    const entry = shown[Number(item.dataset.place)];
    if (entry.lane !== null || (entry.fold > 0 && e.target.classList.contains("fold"))) fold(entry.row);
    else choose(entry.row.index, false);
  });
}

// ---- beginning

function resize() {
  const narrow = window.innerWidth <= 860;
  view.row = narrow ? 30 : 24;
  view.names = Math.round(Math.min(300, Math.max(120, $("timeline").clientWidth * (narrow ? 0.36 : 0.26))));
  $("names").style.width = view.names + "px";
  $("corner").style.width = view.names + "px";
  $("stick").style.height = $("scroll").clientHeight + "px";
  $("spacer").style.height = Math.max(shown.length * view.row, $("scroll").clientHeight) + "px";
  overviewImage = null;
  draw();
}

function begin() {
  const odd = anomalies.length === 1 ? "1 anomaly" : anomalies.length + " anomalies";
  $("title").textContent = D.title;
  $("summary").textContent = `${D.lines} lines: ${D.events} events, ${D.ignored} ignored, ${D.malformed} malformed; ` +
    `${rows.filter((row) => row.init).length} containers, ${runs.length} runs, ${odd}` +
    (backwards.length > 0 ? `; time runs back at ${backwards.length} of them` : "");
  readColours();
  makeTabs();
  makeTableHead();
  refilter();
  showOdds();
  resize();
  takePointer();
  takeOverview();
  takeNames();
  window.addEventListener("resize", resize);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readColours(); draw(); });
  document.addEventListener("keydown", takeKey);
  $("scroll").addEventListener("scroll", draw);
  $("filter").addEventListener("input", () => { $("scroll").scrollTop = 0; refilter(); });
  $("odd").addEventListener("change", () => { $("scroll").scrollTop = 0; refilter(); });
  $("zoom-in").addEventListener("click", () => zoom(0.5));
  $("zoom-out").addEventListener("click", () => zoom(2));
  $("zoom-fit").addEventListener("click", () => look(0.5, LINES + 0.5));
  $("as-timeline").addEventListener("click", () => showAs("timeline"));
  $("as-table").addEventListener("click", () => showAs("table"));
  $("step-back").addEventListener("click", () => stepCursor(-1, true));
  $("step-on").addEventListener("click", () => stepCursor(1, true));
  $("more-anomalies").addEventListener("click", showMoreOdds);
  $("help").addEventListener("click", () => {
    $("keys").hidden = !$("keys").hidden;
    $("help").setAttribute("aria-expanded", String(!$("keys").hidden));
    resize();
  });
  // What a person on call came for: the first thing that is odd, else the first process.
  const first = anomalies.find((candidate) => candidate.row >= 0);
  if (first !== undefined) {
    view.cursor = first.line;
    choose(first.row, true);
  } else if (rows.length > 0) {
    choose(0, false);
  } else {
    showAll();
  }
  document.documentElement.dataset.ready = "yes";
}

begin();
