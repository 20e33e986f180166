// What is known of one point: in words, as a list with its three cutouts, and all of them as a table.
(() => {
  const { constants, hasMagnitude, toMagnitude } = window.explorer;
  const CUTOUTS = ["template", "science", "difference"];
  const CUTOUT_PX = 104;
  const ARCSEC_PER_PX = { lsst: 0.2, ztf: 1.01 };

  const minus = (value) => value.replace("-", "−");
  const rounded = (value, digits) =>
    minus(value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits }));

  // UTC of an MJD in TAI, to the second.
  function utc(mjd) {
    const date = new Date((mjd - 40587) * 864e5 - constants.taiMinusUtc * 1000);
    return Number.isNaN(+date) ? "" : new Date(Math.round(+date / 1000) * 1000).toISOString().slice(0, 19).replace("T", " ");
  }

  const digitsOf = (error) => (error < 10 ? 2 : 0);
  const fluxText = ({ flux, fluxErr }) =>
    `${rounded(flux, digitsOf(fluxErr))} ± ${rounded(fluxErr, digitsOf(fluxErr))} nJy`;

  function marksOf(point) {
    const marks = [];
    if (point.isForced) marks.push("forced photometry");
    if (point.isLimit) marks.push("5-sigma upper limit");
    if (point.isNegative) marks.push("negative");
    if (point.isDipole) marks.push("dipole");
    if (point.flagged) marks.push(`flagged: ${point.flags.map((name) => name.replace("lsst_diaSource_", "")).join(", ")}`);
    return marks;
  }

  // A point in words: what a screen reader says.
  function describe(point) {
    const marks = marksOf(point);
    const survey = point.survey === "ztf" ? "ZTF " : "";
    return [
      `${survey}${point.band} band`, `${utc(point.mjd)} UTC`, fluxText(point), ...marks,
    ].join(", ");
  }

  function rows(point) {
    const found = [
      ["Alert", point.id || "none: forced photometry"],
      ["Band", `${point.band} (${point.survey.toUpperCase()})`],
      ["TAI", `MJD ${point.mjd.toFixed(5)}`],
      ["UTC", utc(point.mjd)],
      ["Flux", fluxText(point)],
    ];
    if (hasMagnitude(point)) {
      const error = (2.5 / Math.log(10)) * (point.fluxErr / point.flux);
      found.push(["AB magnitude", `${rounded(toMagnitude(point.flux), 3)} ± ${rounded(error, 3)}`]);
    }
    if (Number.isFinite(point.reliability)) found.push(["Reliability", String(point.reliability)]);
    const marks = marksOf(point);
    if (marks.length) found.push(["Marks", marks.join("; ")]);
    return found;
  }

  function element(name, content, attributes = {}) {
    const made = document.createElement(name);
    made.textContent = content;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  // Show a point, or none.
  function showDetails(list, point) {
    const items = point ? rows(point) : [];
    list.replaceChildren(...items.map(([name, content]) => {
      const pair = document.createElement("div");
      pair.append(element("dt", name), element("dd", content));
      return pair;
    }));
  }

  // The place of an alert's cutouts in the picture of its locus; null if it has none.
  function cutoutsOf(locus, id) {
    const { cutouts } = locus;
    const number = cutouts ? locus.alerts.findIndex((alert) => alert.id === id) : -1;
    const sizeOf = (index) => (Array.isArray(cutouts.size) ? cutouts.size[index] : cutouts.size);
    if (number < 0 || !sizeOf(number)) return null;
    const before = Array.from({ length: number }, (_, index) => sizeOf(index));
    return { row: before.filter(Boolean).length, size: sizeOf(number), limit: cutouts.limit[number] };
  }

  function cutout(locus, kind, column, { row, size }) {
    const step = (locus.cutouts.cell * CUTOUT_PX) / size;
    const image = element("div", "", { role: "img", "aria-label": `${kind} image of the alert, simulated` });
    const { folder, index } = window.explorer;
    image.style.backgroundImage = `url("${folder}${locus.id}.webp?v=${index.version}")`;
    image.style.backgroundSize = `${CUTOUTS.length * step}px auto`;
    image.style.backgroundPosition = `-${column * step}px -${row * step}px`;
    const figure = document.createElement("figure");
    figure.append(image, element("figcaption", kind));
    return figure;
  }

  // Show the cutouts of a point: the picture of a locus is loaded with the first of them.
  function showCutouts(host, note, locus, point) {
    const found = point && point.id ? cutoutsOf(locus, point.id) : null;
    host.replaceChildren(...(found ? CUTOUTS.map((kind, column) => cutout(locus, kind, column, found)) : []));
    note.textContent = "";
    if (found) {
      const limit = `${rounded(found.limit, 0)} nJy`;
      const width = (found.size * ARCSEC_PER_PX[point.survey]).toFixed(0);
      note.textContent = `Blue to yellow: −${limit} to ${limit} in a pixel. ${width} arcsec wide; north is up, east left. Simulated.`;
    } else if (point && point.id && !locus.cutouts) {
      note.textContent = "There are cutouts of the simulated loci only; fetch_cutouts fetches those of others.";
    }
  }

  function tableRow(point) {
    const row = document.createElement("tr");
    const reliability = Number.isFinite(point.reliability) ? String(point.reliability) : "";
    const texts = [
      point.mjd.toFixed(5), utc(point.mjd), point.band, minus(String(point.flux)), String(point.fluxErr),
      reliability, marksOf(point).join("; "), point.id,
    ];
    row.append(...texts.map((content) => element("td", content)));
    return row;
  }

  const showTable = (body, points) => body.replaceChildren(...points.map(tableRow));

  Object.assign(window.explorer, { describe, showCutouts, showDetails, showTable, utc });
})();
