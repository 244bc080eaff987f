// SPDX-License-Identifier: Apache-2.0
// The timeline on canvases: an overview of all of the log, an axis, and the bars of the rows that are in sight.
"use strict";

const view = { from: 0.5, to: LINES + 0.5, cursor: LINES, chosen: -1, row: 24, names: 200 };
let colours = {};
let overviewImage = null;

function readColours() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ["panel", "ink", "dim", "line", "faint", "accent", "cursor", "chosen", "created", "running", "paused",
    "stopped", "unknown", "good", "bad", "oom", "odd", "gap", "gap-edge"])
    colours[name] = style.getPropertyValue("--" + name).trim();
  colours.hatch = null;
  overviewImage = null;
}

// A context of the element's size in the screen's own pixels.
function context(canvas) {
  const scale = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  const c = canvas.getContext("2d");
  c.setTransform(scale, 0, 0, scale, 0, 0);
  c.clearRect(0, 0, width, height);
  return { c, width, height };
}

function hatch(c) {
  if (colours.hatch === null) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const t = tile.getContext("2d");
    t.strokeStyle = colours.paused;
    t.lineWidth = 2.5;
    t.beginPath();
    for (const at of [-8, 0, 8]) {
      t.moveTo(at, 8);
      t.lineTo(at + 8, 0);
    }
    t.stroke();
    colours.hatch = c.createPattern(tile, "repeat");
  }
  return colours.hatch;
}

const xOf = (line, width) => ((line - view.from) / (view.to - view.from)) * width;

// ---- bars

function drawBar(c, state, x, end, y, height) {
  const width = Math.max(end - x, 1);
  const top = y + 5;
  const tall = height - 10;
  c.setLineDash([]);
  if (state === RUNNING) {
    c.fillStyle = colours.running;
    c.fillRect(x, top, width, tall);
  } else if (state === PAUSED) {
    c.fillStyle = hatch(c);
    c.fillRect(x, top, width, tall);
    c.strokeStyle = colours.paused;
    c.lineWidth = 1;
    c.strokeRect(x + 0.5, top + 0.5, Math.max(width - 1, 0.5), tall - 1);
  } else if (state === STOPPED) {
    c.fillStyle = colours.stopped;
    c.fillRect(x, y + height / 2 - 1, width, 2);
  } else if (state === CREATED || state === UNKNOWN) {
    c.strokeStyle = state === CREATED ? colours.created : colours.unknown;
    c.lineWidth = 1.5;
    if (state === UNKNOWN) c.setLineDash([3, 3]);
    c.strokeRect(x + 0.75, top + 0.75, Math.max(width - 1.5, 0.5), tall - 1.5);
    c.setLineDash([]);
  }
}

function drawTrack(c, row, width, y, height) {
  const changes = row.changes;
  let place = Math.max(0, beyond(changes, view.from, lineOf) - 1);
  let painted = -1;
  for (; place < changes.length && changes[place].line <= view.to; place++) {
    const change = changes[place];
    const next = place + 1 < changes.length ? changes[place + 1].line : LINES + 0.5;
    const x = Math.max(xOf(change.line, width), -4);
    const end = Math.min(xOf(next, width), width + 4);
    // Of many within one pixel, one is seen.
    if (change.state === DELETED || (end - x < 1 && Math.floor(x) === painted)) continue;
    if (end - x < 1) painted = Math.floor(x);
    drawBar(c, change.state, x, end, y, height);
  }
}

function tag(c, text, x, y, height, colour, room) {
  c.font = "600 10px ui-monospace, 'DejaVu Sans Mono', monospace";
  c.textBaseline = "middle";
  c.textAlign = "left";
  c.fillStyle = colour;
  c.fillRect(x - 1, y + 3, 2.5, height - 6);
  if (room > c.measureText(text).width + 8) {
    c.lineWidth = 3;
    c.strokeStyle = colours.panel;
    c.strokeText(text, x + 4, y + height / 2 + 0.5);
    c.fillText(text, x + 4, y + height / 2 + 0.5);
  }
}

function drawMarks(c, row, width, y, height) {
  const marks = row.marks;
  let last = -100;
  for (let i = Math.max(0, beyond(marks, view.from - 1, lineOf)); i < marks.length && marks[i].line <= view.to; i++) {
    const mark = marks[i];
    const x = xOf(mark.line, width);
    if (x - last < 1 && mark.kind === "exit" && mark.code === 0) continue;
    last = x;
    const next = i + 1 < marks.length ? xOf(marks[i + 1].line, width) - x : 100;
    if (mark.kind === "exit") {
      tag(c, mark.code < 0 ? "?" : String(mark.code), x, y, height, mark.code === 0 ? colours.good : mark.code < 0 ? colours.unknown : colours.bad, next);
    } else if (mark.kind === "oom") {
      c.fillStyle = colours.oom;
      c.beginPath();
      c.moveTo(x, y + 3);
      c.lineTo(x + 6, y + height / 2);
      c.lineTo(x, y + height - 3);
      c.lineTo(x - 6, y + height / 2);
      c.fill();
    } else {
      tag(c, mark.kind, x, y, height, mark.kind === "conflict" ? colours.bad : colours.dim, next);
    }
  }
}

function drawOdds(c, odds, width, y, height) {
  c.fillStyle = colours.odd;
  let last = -100;
  for (let i = beyond(odds, view.from - 1, lineOf); i < odds.length && odds[i].line <= view.to; i++) {
    const x = xOf(odds[i].line, width);
    if (x - last < 2) continue;
    last = x;
    c.beginPath();
    c.moveTo(x, y + 1);
    c.lineTo(x + 5, y + 9);
    c.lineTo(x - 5, y + 9);
    c.fill();
  }
}

function drawGaps(c, width, height) {
  for (const gap of gaps) {
    if (gap.to < view.from || gap.from > view.to) continue;
    const x = xOf(gap.from, width);
    const end = Math.min(xOf(gap.to, width), width);
    c.fillStyle = colours.gap;
    c.fillRect(x, 0, Math.max(end - x, 2), height);
    c.strokeStyle = colours["gap-edge"];
    c.setLineDash([4, 3]);
    c.lineWidth = 1;
    c.beginPath();
    c.moveTo(x + 0.5, 0);
    c.lineTo(x + 0.5, height);
    c.moveTo(end - 0.5, 0);
    c.lineTo(end - 0.5, height);
    c.stroke();
    c.setLineDash([]);
  }
}

function drawCursor(c, width, height) {
  const x = Math.round(xOf(view.cursor, width)) + 0.5;
  c.strokeStyle = colours.cursor;
  c.lineWidth = 1.5;
  c.beginPath();
  c.moveTo(x, 0);
  c.lineTo(x, height);
  c.stroke();
}

function drawEntry(c, entry, width, y) {
  const height = view.row;
  if (entry.lane === null && entry.row.index === view.chosen) {
    c.fillStyle = colours.chosen;
    c.fillRect(0, y, width, height);
  }
  c.fillStyle = colours.faint;
  c.fillRect(0, y + height - 1, width, 1);
  for (const row of entry.lane !== null ? entry.lane : [entry.row]) drawTrack(c, row, width, y, height);
  for (const row of entry.lane !== null ? entry.lane : [entry.row]) {
    drawMarks(c, row, width, y, height);
    drawOdds(c, row.odds, width, y, height);
  }
}

function drawBars() {
  const { c, width, height } = context($("bars"));
  const top = $("scroll").scrollTop;
  const first = Math.floor(top / view.row);
  const last = Math.min(shown.length, Math.ceil((top + height) / view.row));
  for (let place = first; place < last; place++) drawEntry(c, shown[place], width, place * view.row - top);
  drawGaps(c, width, height);
  drawCursor(c, width, height);
}

// ---- axis

function tickStep(span, width) {
  const wish = (span * 110) / Math.max(width, 1);
  let step = 1;
  while (step < wish) step *= step * 2 >= wish ? 2 : step * 5 >= wish ? 5 : 10;
  return Math.max(1, step);
}

function drawAxis() {
  const { c, width, height } = context($("axis"));
  const step = tickStep(view.to - view.from, width);
  c.font = "10px ui-monospace, 'DejaVu Sans Mono', monospace";
  c.textBaseline = "top";
  for (let line = Math.max(step === 1 ? 1 : 0, Math.ceil(view.from / step) * step); line <= view.to; line += step) {
    const at = Math.max(1, line);
    const x = xOf(at, width);
    const us = timeAt(at);
    c.fillStyle = colours.line;
    c.fillRect(x, 0, 1, height);
    c.fillStyle = colours.ink;
    c.fillText(String(at), x + 4, 3);
    c.fillStyle = isBack(at) ? colours.paused : colours.dim;
    if (us !== null) c.fillText((isBack(at) ? "\u21BA" : "") + formatTime(us).slice(11, 23), x + 4, 18);
  }
  const first = timeAt(Math.max(1, view.from)) ?? times.us[0] ?? null;
  $("corner").textContent = "line\n" + (first !== null ? formatTime(first).slice(0, 10) + ", UTC" : "time");
  c.fillStyle = colours.paused;
  let last = -100;
  for (let i = beyond(backwards, view.from, (x) => x); i < backwards.length && backwards[i] <= view.to; i++) {
    const x = xOf(backwards[i], width);
    if (x - last < 8) continue;
    last = x;
    c.fillText("\u21BA", x - 4, height - 12);
  }
  drawCursor(c, width, height);
}

// ---- overview: how many run, and where something is odd

function countRunning(width) {
  const counts = new Float64Array(width + 1);
  for (const row of rows) {
    row.changes.forEach((change, i) => {
      if (change.state !== RUNNING && change.state !== PAUSED) return;
      const next = i + 1 < row.changes.length ? row.changes[i + 1].line : LINES + 0.5;
      counts[Math.min(width, Math.floor(((change.line - 0.5) / LINES) * width))]++;
      counts[Math.min(width, Math.ceil(((next - 0.5) / LINES) * width))]--;
    });
  }
  for (let i = 1; i <= width; i++) counts[i] += counts[i - 1];
  return counts;
}

function drawOverviewImage(width, height) {
  const image = document.createElement("canvas");
  const scale = window.devicePixelRatio || 1;
  image.width = Math.round(width * scale);
  image.height = Math.round(height * scale);
  const c = image.getContext("2d");
  c.scale(scale, scale);
  const counts = countRunning(Math.max(1, Math.floor(width)));
  const most = counts.reduce((a, b) => Math.max(a, b), 1);
  c.fillStyle = colours.running;
  for (let x = 0; x < width; x++) {
    const tall = (counts[x] / most) * (height - 10);
    c.fillRect(x, height - tall, 1, tall);
  }
  const at = (line) => ((line - 0.5) / LINES) * width;
  c.fillStyle = colours["gap-edge"];
  for (const gap of gaps) c.fillRect(at(gap.from), 0, Math.max(2, at(gap.to) - at(gap.from)), 3);
  c.fillStyle = colours.odd;
  for (const odd of anomalies) c.fillRect(at(odd.line) - 1, 0, 2, 7);
  return image;
}

function drawOverview() {
  const { c, width, height } = context($("overview"));
  if (overviewImage === null || overviewImage.forWidth !== width) {
    overviewImage = drawOverviewImage(width, height);
    overviewImage.forWidth = width;
  }
  c.drawImage(overviewImage, 0, 0, width, height);
  const at = (line) => ((line - 0.5) / LINES) * width;
  const from = at(view.from);
  const to = at(view.to);
  c.globalAlpha = 0.7;
  c.fillStyle = colours.panel;
  c.fillRect(0, 0, from, height);
  c.fillRect(to, 0, width - to, height);
  c.globalAlpha = 1;
  c.strokeStyle = colours.accent;
  c.lineWidth = 1.5;
  c.strokeRect(from + 0.75, 0.75, Math.max(to - from - 1.5, 2), height - 1.5);
  c.fillStyle = colours.cursor;
  c.fillRect(at(view.cursor) - 0.75, 0, 1.5, height);
}
