"use strict";
const DATA = JSON.parse(document.getElementById("data").textContent);
const usd = v => (v < 0 ? "-" : "") + DATA.sign + Math.round(Math.abs(v)).toLocaleString("en");
const FORMATS = {
  usd: usd,
  usd_total: v => Math.abs(v) >= 1e6 ? (v < 0 ? "-" : "") + DATA.sign + (Math.abs(v) / 1e6).toFixed(1) + " M" : usd(v),
  share: v => Math.round(100 * v) + " %",
  count: v => Math.round(v).toLocaleString("en"),
};
const colour = m => `var(--m-${DATA.motions.indexOf(m)})`, ink = m => `var(--t-${DATA.motions.indexOf(m)})`;
const day = week => new Date(Date.parse(DATA.start) + week * 7 * 864e5).toISOString().slice(0, 10);
const SVG = "http://www.w3.org/2000/svg";

function points(curve) {
  return curve.x.map((x, i) => ({m: curve.motion, x, low: curve.low[i], q1: curve.q1[i], v: curve.mid[i], q3: curve.q3[i], high: curve.high[i]}))
    .filter(d => d.v !== null);
}

function describe(chart, format) {
  const ends = chart.curves.map(c => points(c).at(-1)).filter(Boolean);
  return chart.title + ". " + ends.map(e => `${DATA.names[e.m]} ends at ${format(e.v)}` +
    (e.low === null ? "" : ` (90 % of markets: ${format(e.low)} to ${format(e.high)})`)).join("; ") + ".";
}

function drawCurves(box, chart, shown, width) {
  const dated = DATA.start !== null && chart.x_label === "week", names = new Map(DATA.ticks);
  const format = FORMATS[chart.kind] || FORMATS.count, curves = chart.curves.filter(c => shown.has(c.motion));
  const all = curves.flatMap(points), at = [...new Set(all.map(d => d.x))].sort((a, b) => a - b);
  const tips = at.map(x => { const here = all.filter(d => d.x === x);
    return {x, v: Math.max(...here.map(d => d.v)), title: [dated ? day(x) : `${chart.x_label} ${x}`, ...here.map(d => `${DATA.names[d.m]}  ${format(d.v)}` +
      (d.low === null ? "" : `  (${format(d.low)} to ${format(d.high)})`))].join("\n")}; });
  const log = document.getElementById("log").checked && chart.log;
  const range = chart.kind === "share" ? {domain: [0, 1]} : log ? {type: "log"} : {zero: chart.kind !== "usd_total", nice: true};
  const plot = Plot.plot({width, height: width < 500 ? 260 : 340, marginLeft: 76, marginRight: Math.max(92, 12 + 8 * d3.max(curves, c => DATA.names[c.motion].length)), marginTop: 18, marginBottom: 40,
    style: {background: "none", fontSize: "13px", overflow: "visible"},
    x: dated ? {label: null, ticks: [...names.keys()].filter((_, k) => k % Math.ceil(80 * names.size / (width - 168)) === 0), tickFormat: week => names.get(week)} : {label: chart.x_label, ticks: d3.range(0, at.at(-1) + 2, at.at(-1) > 200 ? 52 : at.at(-1) > 60 ? 26 : 13), tickFormat: String},
    y: {...range, label: null, grid: true, tickFormat: format, ticks: log ? 4 : 6},
    marks: [
      ...curves.flatMap(c => { const p = points(c), b = p.filter(d => d.low !== null), dash = DATA.dashes[c.motion]; return [
        Plot.areaY(b, {x: "x", y1: "low", y2: "high", fill: colour(c.motion), fillOpacity: .13}),
        Plot.areaY(b, {x: "x", y1: "q1", y2: "q3", fill: colour(c.motion), fillOpacity: .25}),
        Plot.lineY(p, {x: "x", y: "v", stroke: colour(c.motion), strokeWidth: 2.4, strokeDasharray: dash})]; }),
      ...(all.some(d => d.v < 0) ? [Plot.ruleY([0], {stroke: "var(--muted)"})] : []),
      Plot.ruleX(tips, Plot.pointerX({x: "x", stroke: "var(--muted)"})),
      Plot.tip(tips, Plot.pointerX({x: "x", y: "v", title: "title", fill: "var(--paper)", stroke: "var(--line)", fontSize: 12})),
    ]});
  const scale = plot.scale("y"), ends = curves.map(c => points(c).at(-1)).filter(Boolean).map(e => ({e, y: scale.apply(e.v)})).sort((a, b) => a.y - b.y);
  let last = -99;
  for (const end of ends) {
    last = Math.max(end.y, last + 15);
    const label = document.createElementNS(SVG, "text");
    label.setAttribute("x", plot.scale("x").apply(end.e.x) + 6); label.setAttribute("y", last + 4); label.setAttribute("font-weight", 700);
    label.setAttribute("text-anchor", "start"); label.setAttribute("style", `fill:${ink(end.e.m)}`);
    label.textContent = DATA.names[end.e.m]; plot.append(label);
  }
  named(plot, describe(chart, format)); box.replaceChildren(plot);
}

function drawMix(box, shown, width) {
  const parts = DATA.motions.filter(m => shown.has(m)).flatMap(m => Object.entries(DATA.mix[m]).map(([c, v]) => ({m: DATA.names[m], c, v})));
  const known = DATA.channels.filter(c => parts.some(p => p.c === c));
  const plot = Plot.plot({width, height: 70 + 46 * shown.size, marginLeft: 96, marginBottom: 44, style: {background: "none", fontSize: "13px"},
    x: {label: "% of new customers, last half-year", domain: [0, 100], ticks: 5}, y: {label: null, domain: DATA.motions.filter(m => shown.has(m)).map(m => DATA.names[m])},
    color: {domain: known, range: known.map(c => DATA.tints[c])},
    marks: [Plot.barX(parts, {y: "m", x: "v", fill: "c", order: known, inset: .5, tip: true, channels: {channel: "c"}, title: p => `${p.m}: ${p.c} ${Math.round(p.v)} %`}),
      Plot.textX(parts, Plot.stackX({y: "m", x: "v", z: "c", order: known, text: p => p.v >= 7 ? Math.round(p.v) + " %" : "", fill: "black"}))]});
  named(plot, DATA.mix_title + ". " + DATA.motions.map(m => `${DATA.names[m]}: ` + Object.entries(DATA.mix[m]).map(([c, v]) => `${c} ${Math.round(v)} %`).join(", ")).join("; "));
  const keys = document.createElement("p"); keys.className = "keys";
  for (const c of known) { const key = document.createElement("span"); key.textContent = c; key.style.setProperty("--c", DATA.tints[c]); keys.append(key); }
  box.replaceChildren(keys, plot);
}

function drawBridge(box, shown, width) {
  const motions = DATA.motions.filter(m => shown.has(m)), bars = motions.flatMap(m => DATA.bridges[m].map(b => ({...b, m})));
  const ends = bars.flatMap(b => [b.start, b.end]), low = d3.min(ends), high = d3.max(ends);
  const beside = width >= 700, facet = beside ? {fx: "m"} : {fy: "m"}, domain = {domain: motions, label: null, tickFormat: m => DATA.names[m]};
  const plot = Plot.plot({width, height: beside ? 300 : 230 * motions.length, marginLeft: 84, marginRight: beside ? 20 : 64, marginBottom: 40, style: {background: "none", fontSize: "13px", overflow: "visible"},
    ...(beside ? {fx: domain} : {fy: domain}), x: {domain: [low, high + .6 * (high - low || 1)], label: null, ticks: 3, tickFormat: FORMATS.usd_total},
    y: {domain: DATA.bridges[DATA.motions[0]].map(b => b.name), label: null, tickSize: 0},
    marks: [Plot.barX(bars, {...facet, y: "name", x1: "start", x2: "end", fill: b => b.tint || colour(b.m), insetTop: 1.5, insetBottom: 1.5}),
      Plot.textX(bars, {...facet, y: "name", x: b => Math.max(b.start, b.end), text: "said", dx: 5, textAnchor: "start"}),
      Plot.ruleX([0], {stroke: "var(--muted)"})]});
  named(plot, DATA.bridge_title + ". " + motions.map(m => `${DATA.names[m]}: ` + DATA.bridges[m].map(b => `${b.name} ${b.said}`).join(", ")).join("; "));
  box.replaceChildren(plot);
}

function named(plot, text) {  // one picture with one description; what is inside says nothing of its own
  plot.setAttribute("role", "img"); plot.setAttribute("aria-label", text);
  for (const part of plot.querySelectorAll("[aria-label]")) part.removeAttribute("aria-label");
}

function draw(paper) {
  const shown = new Set([...document.querySelectorAll("[name=motion]:checked")].map(e => e.value));
  const width = paper || Math.min(1000, document.querySelector("main").clientWidth);
  if (!shown.size) return;
  for (const chart of DATA.charts) drawCurves(document.getElementById("chart-" + chart.name), chart, shown, width);
  if (DATA.bridges) drawBridge(document.getElementById("chart-bridge"), shown, width);
  if (DATA.mix) drawMix(document.getElementById("chart-mix"), shown, width);
}
draw();
addEventListener("change", () => draw());
let wait; addEventListener("resize", () => { clearTimeout(wait); wait = setTimeout(() => draw(), 100); });
addEventListener("beforeprint", () => draw(680)); addEventListener("afterprint", () => draw());
