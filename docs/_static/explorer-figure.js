// The figure: points with error bars, in SVG, looking as plot_lightcurve draws them.
(() => {
  const { constants } = window.explorer;
  const SVG = "http://www.w3.org/2000/svg";
  const MARGIN = { left: 84, right: 14, top: 30, bottom: 46 };
  const CALENDAR = [
    ...[1, 2, 5, 10].map((days) => ({ days })),
    ...[1, 2, 3, 6, 12, 24, 60, 120, 240].map((months) => ({ months })),
  ];

  function element(name, attributes = {}, ...children) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  // --- Numbers -----------------------------------------------------------------------------

  const toMagnitude = (flux) => constants.abZeropoint - 2.5 * Math.log10(flux);
  const MAGNITUDES_PER_EFOLD = 2.5 / Math.log(10);

  // No axis reaches numbers near the largest one that there is.
  const LARGEST = 1e300;

  function hasMagnitude({ flux, fluxErr, isForced }) {
    return flux > 0 && !(isForced && flux < constants.magnitudeSigma * fluxErr);
  }

  // The first detection, from which phases count.
  function firstDetection(points) {
    const detections = points.filter((point) => !point.isLimit && !point.isForced);
    return (detections.length ? detections : points)[0]?.mjd;
  }

  // Where each point is drawn: [{ point, x, y, error }], twice if folded; without magnitude, nowhere.
  function placed(points, { y, period }) {
    const origin = firstDetection(points);
    const phase = (mjd) => ((((mjd - origin) / period) % 1) + 1) % 1;
    const marks = points
      .filter((point) => y === "flux" || hasMagnitude(point))
      .map((point) => ({
        point,
        x: period === null ? point.mjd : phase(point.mjd),
        y: y === "flux" ? point.flux : toMagnitude(point.flux),
        error: y === "flux" ? point.fluxErr : (MAGNITUDES_PER_EFOLD * point.fluxErr) / point.flux,
      }))
      .filter((mark) => Math.abs(mark.y) + mark.error < LARGEST);
    return period === null ? marks : [...marks, ...marks.map((mark) => ({ ...mark, x: mark.x + 1 }))];
  }

  function ticks(low, high, number) {
    const rough = (high - low) / number;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].find((each) => each * power >= rough) * power;
    const first = Math.ceil(low / step);
    const count = Math.floor(high / step) - first + 1;
    const digits = Math.max(0, -Math.floor(Math.log10(step)));
    const format = new Intl.NumberFormat("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
    return Array.from({ length: Math.max(0, count) }, (_, index) => {
      const value = (first + index) * step;
      return { value, label: format.format(value === 0 ? 0 : value).replace("-", "−") };
    });
  }

  const UNIX_EPOCH = 40587;
  const dateOf = (mjd) => new Date((mjd - UNIX_EPOCH) * 864e5);

  // Calendar dates between two times, at most so many.
  function dates(low, high, number) {
    const span = high - low;
    const length = ({ days, months }) => days ?? months * 30.4;
    const step = CALENDAR.find((each) => span / length(each) <= number) ?? CALENDAR.at(-1);
    const start = dateOf(low);
    const found = [];
    let [year, month] = [start.getUTCFullYear(), start.getUTCMonth()];
    const day = step.days ? start.getUTCDate() : 1;
    if (step.months) month -= (year * 12 + month) % step.months;
    const options = step.days
      ? { day: "numeric", month: "short" }
      : step.months % 12 ? { month: "short", year: "numeric" } : { year: "numeric" };
    for (let index = 0; found.length <= number && index < 400; index += 1) {
      const date = step.days
        ? Date.UTC(year, month, day + index * step.days)
        : Date.UTC(year, month + index * step.months, 1);
      const value = date / 864e5 + UNIX_EPOCH;
      if (value > high) break;
      const label = new Date(date).toLocaleString("en", { ...options, timeZone: "UTC" });
      if (value >= low) found.push({ value, label });
    }
    return found;
  }

  // --- Symbols -----------------------------------------------------------------------------

  // A star or polygon around (0, 0): its corners are at these radii by turns.
  function polygon(corners, radii, turn = 0) {
    const points = Array.from({ length: corners }, (_, index) => {
      const angle = turn + (index * 2 * Math.PI) / corners;
      const radius = radii[index % radii.length];
      return `${(radius * Math.sin(angle)).toFixed(2)} ${(-radius * Math.cos(angle)).toFixed(2)}`;
    });
    return `M${points.join("L")}Z`;
  }

  const circle = (r) => `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
  const SHAPES = {
    o: circle(4.2),
    "^": polygon(3, [5.4]),
    v: polygon(3, [5.4], Math.PI),
    s: polygon(4, [5.6], Math.PI / 4),
    "*": polygon(10, [6.8, 2.7]),
    p: polygon(5, [5]),
  };
  const LIMIT = "M-1.8 0a1.8 1.8 0 1 0 3.6 0a1.8 1.8 0 1 0 -3.6 0M0 1.8V11M-2.6 8.2L0 11L2.6 8.2";

  function kindOf(point) {
    if (point.isLimit) return "limit";
    if (point.isForced) return "forced";
    return point.survey === "ztf" ? "ztf" : "lsst";
  }

  // The symbol of a point at (0, 0), or of one like it in the legend.
  function symbol(point, scale = 1) {
    const kind = kindOf(point);
    const size = kind === "forced" ? 0.65 * scale : scale;
    const group = element("g", { class: `explorer-mark is-${kind}`, style: `--color: var(--band-${point.band})` });
    if (point.isDipole) group.append(element("path", { class: "ring", d: circle(8.5 * scale) }));
    const d = kind === "limit" ? LIMIT : SHAPES[constants.symbols[point.band]];
    group.append(element("path", { class: "shape", d, transform: `scale(${size.toFixed(3)})` }));
    return group;
  }

  // --- The figure --------------------------------------------------------------------------

  function extent(values, padding) {
    const low = values.reduce((least, value) => Math.min(least, value), Infinity);
    const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
    const pad = (high - low || Math.abs(high) * 0.1 || 1) * padding;
    return [low - pad, high + pad];
  }

  function scales(marks, { width, height }, state) {
    const isFolded = state.period !== null;
    const xs = isFolded ? [0, 2] : extent(marks.map((mark) => mark.x), 0.04);
    const edges = marks.flatMap((mark) => [mark.y - mark.error, mark.y + mark.error]);
    const hasZero = state.y === "flux" && state.flux === "difference";
    const [low, high] = extent(hasZero ? [...edges, 0] : edges, 0.06);
    const [bottom, top] = [height - MARGIN.bottom, MARGIN.top];
    const part = (value) => (value - low) / (high - low);
    const isInverted = state.y === "magnitude";
    return {
      xs, low, high, hasZero,
      x: (value) => MARGIN.left + ((value - xs[0]) / (xs[1] - xs[0])) * (width - MARGIN.left - MARGIN.right),
      y: (value) => (isInverted ? top + part(value) * (bottom - top) : bottom - part(value) * (bottom - top)),
    };
  }

  function labels({ y, flux, period }) {
    const kind = flux === "total" ? "Total" : "Difference";
    return {
      x: period === null ? "MJD (TAI)" : `Phase (period ${Number(period.toPrecision(6))} d)`,
      y: y === "magnitude" ? `${kind} magnitude [AB]` : `${kind} flux [nJy]`,
    };
  }

  const line = (x1, y1, x2, y2, name) => element("line", { x1, y1, x2, y2, class: name });
  const text = (x, y, anchor, content, name = "") =>
    element("text", { x, y, "text-anchor": anchor, class: name }, content);

  function axes(scale, size, state, isSimulated) {
    const group = element("g", { "aria-hidden": "true" });
    const [left, right] = [MARGIN.left, size.width - MARGIN.right];
    const [top, bottom] = [MARGIN.top, size.height - MARGIN.bottom];
    const named = labels(state);
    group.append(element("rect", { x: left, y: top, width: right - left, height: bottom - top, class: "frame" }));
    for (const { value, label } of ticks(scale.low, scale.high, (bottom - top) / 50)) {
      group.append(line(left - 5, scale.y(value), left, scale.y(value), "frame"), text(left - 8, scale.y(value) + 4, "end", label));
    }
    for (const { value, label } of ticks(...scale.xs, (right - left) / 85)) {
      const plain = state.period === null ? label.replaceAll(",", "") : label;
      group.append(line(scale.x(value), bottom, scale.x(value), bottom + 5, "frame"), text(scale.x(value), bottom + 19, "middle", plain));
    }
    for (const { value, label } of state.period === null ? dates(...scale.xs, (right - left) / 80) : []) {
      group.append(line(scale.x(value), top - 5, scale.x(value), top, "frame"), text(scale.x(value), top - 9, "middle", label, "muted"));
    }
    if (scale.hasZero) group.append(line(left, scale.y(0), right, scale.y(0), "zero"));
    group.append(text((left + right) / 2, size.height - 8, "middle", named.x));
    group.append(element("text", { transform: `translate(15 ${(top + bottom) / 2}) rotate(-90)`, "text-anchor": "middle" }, named.y));
    if (isSimulated) group.append(text(right - 6, bottom - 7, "end", "simulated data", "muted"));
    return group;
  }

  // The names of points for screen readers and the keyboard: one option each.
  function option(mark, scale, size, isSecond) {
    const group = symbol(mark.point, size);
    group.setAttribute("transform", `translate(${scale.x(mark.x).toFixed(2)} ${scale.y(mark.y).toFixed(2)})`);
    const [low, high] = [mark.y - mark.error, mark.y + mark.error].map((value) => scale.y(value) - scale.y(mark.y));
    if (!mark.point.isLimit) group.prepend(line(0, low.toFixed(2), 0, high.toFixed(2), "error"));
    if (isSecond) return group;
    group.id = `explorer-point-${mark.index}`;
    group.setAttribute("role", "option");
    group.setAttribute("aria-selected", "false");
    group.setAttribute("aria-label", window.explorer.describe(mark.point));
    return group;
  }

  // Bands with large errors below those with small ones.
  function inLayers(marks) {
    const errors = {};
    for (const { point, error } of marks) (errors[point.survey + point.band] ??= []).push(error);
    const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
    const of = Object.fromEntries(Object.entries(errors).map(([name, values]) => [name, median(values)]));
    const layer = ({ point }) => (point.isLimit ? 3e99 : point.isForced ? 2e99 : of[point.survey + point.band]);
    return [...marks].sort((a, b) => layer(b) - layer(a));
  }

  // Draw points into an element. Returns where they are: [{ point, left, top }], in order of time.
  function draw(host, points, state, isSimulated) {
    const size = { width: host.clientWidth, height: host.clientHeight };
    const marks = placed(points, state);
    const options = { viewBox: `0 0 ${size.width} ${size.height}`, id: "explorer-svg" };
    if (!marks.length) {
      const empty = element("svg", { ...options, role: "img", "aria-label": "No points" });
      empty.append(text(size.width / 2, size.height / 2, "middle", "No points to show"));
      host.replaceChildren(empty);
      return [];
    }
    const scale = scales(marks, size, state);
    const number = points.filter((point) => !point.isForced).length;
    const symbolSize = Math.max(0.45, Math.min(1, (60 / Math.max(number, 1)) ** 0.25));
    const list = element("g", { role: "listbox", id: "explorer-points", tabindex: "0", "aria-label": "Points, in order of time" });
    const once = state.period === null ? marks.length : marks.length / 2;
    marks.forEach((mark, index) => { mark.index = index % once; mark.isSecond = index >= once; });
    const second = element("g", { "aria-hidden": "true" });
    for (const mark of inLayers(marks)) {
      (mark.isSecond ? second : list).append(option(mark, scale, symbolSize, mark.isSecond));
    }
    const cursor = element("path", { class: "cursor", d: circle(10), "aria-hidden": "true", visibility: "hidden", id: "explorer-cursor" });
    host.replaceChildren(element("svg", options, axes(scale, size, state, isSimulated), second, list, cursor));
    return marks.map((mark) => ({ point: mark.point, index: mark.index, left: scale.x(mark.x), top: scale.y(mark.y) }));
  }

  Object.assign(window.explorer, { draw, hasMagnitude, kindOf, placed, symbol, toMagnitude });
})();
