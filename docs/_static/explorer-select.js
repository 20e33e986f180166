// Which measurements a light curve includes, as antares_helpers.lightcurves.summary decides it.
(() => {
  const { reasons, bands: BANDS } = window.explorer.constants;
  const UNIX_EPOCH = 40587;

  // Exclude rows for a reason; a row that is excluded already keeps its first one.
  function reject(rows, isRejected, reason) {
    for (const row of rows) {
      if (!row.reason && isRejected(row)) row.reason = reason;
    }
  }

  const included = (rows) => rows.filter((row) => !row.reason);

  function rejectUnusable(rows) {
    const tomorrow = Date.now() / 864e5 + UNIX_EPOCH + 1;
    reject(rows, (row) => !Number.isFinite(row.mjd), reasons.NO_TIME);
    reject(rows, (row) => row.mjd < row.began, reasons.BEFORE_SURVEY);
    reject(rows, (row) => row.mjd > tomorrow, reasons.IN_FUTURE);
    reject(rows, (row) => !BANDS.includes(row.band), reasons.NO_BAND);
    reject(rows, (row) => row.noMagnitude, reasons.NO_MAGNITUDE);
    reject(rows, (row) => row.lacksSign, reasons.NO_SIGN);
    reject(rows, (row) => !Number.isFinite(row.flux), reasons.NO_FLUX);
    reject(rows, (row) => !(Number.isFinite(row.fluxErr) && row.fluxErr > 0), reasons.NO_FLUX_ERR);
  }

  // The groups of several rows with the same key; rows without a key belong to none.
  function groups(rows, keyOf) {
    const found = new Map();
    for (const row of rows) {
      const key = keyOf(row);
      if (key === null) continue;
      if (found.has(key)) found.get(key).push(row);
      else found.set(key, [row]);
    }
    return [...found.values()].filter((group) => group.length > 1);
  }

  const maximum = (values) => values.reduce((most, value) => (value > most ? value : most), -Infinity);

  // The row received last; the last of the list if the times are not all known.
  function newest(rows) {
    const times = rows.map((row) => row.received);
    if (!times.every(Number.isFinite)) return rows.at(-1);
    return rows[times.lastIndexOf(maximum(times))];
  }

  function best(detections) {
    if (detections[0].survey !== "ztf") return newest(detections);
    const highest = maximum(detections.map((row) => row.snr));
    return newest(detections.filter((row) => row.snr === highest));
  }

  const isKnown = (id) => id !== "" && id !== "0" && id !== undefined;

  function exposureOf(row) {
    if (!isKnown(row.visit)) return null;
    if (row.survey !== "ztf" && (row.detector === "" || row.objectId === "")) return null;
    return [row.survey, row.visit, row.band, row.objectId, row.detector].join(" ");
  }

  function rejectRepeats(rows) {
    for (const keyOf of [(row) => row.id, (row) => (isKnown(row.source) ? row.source : null)]) {
      const older = new Set();
      for (const group of groups(included(rows), keyOf)) {
        const last = newest(group);
        group.filter((row) => row !== last).forEach((row) => older.add(row));
      }
      reject(rows, (row) => older.has(row), reasons.DUPLICATE);
    }
    for (const group of groups(included(rows), exposureOf)) {
      const limits = group.filter((row) => row.isLimit);
      const detections = group.filter((row) => !row.isLimit);
      const chosen = detections.length ? best(detections) : newest(limits);
      const why = detections.length ? reasons.CONTRADICTED_LIMIT : reasons.REPEATED_LIMIT;
      reject(detections, (row) => row !== chosen, reasons.REPEATED_DETECTION);
      reject(limits, (row) => row !== chosen, why);
    }
  }

  const rejectOther = (rows, { bands }) =>
    reject(rows, (row) => bands !== null && !bands.includes(row.band), reasons.OTHER_BAND);

  // Exclude all rows but those that are usable, of one exposure each, and wanted.
  function select(rows, options) {
    rejectUnusable(rows);
    // Before the options, so that none of them brings a repeated detection back.
    rejectRepeats(rows);
    rejectOther(rows, options);
    if (!options.keepDipoles) reject(rows, (row) => row.isDipole, reasons.DIPOLE);
    if (!options.keepFlagged) reject(rows, (row) => row.flagged, reasons.FLAGGED);
    const least = options.minReliability;
    if (least !== null) {
      const isBelow = (row) => !(row.reliability >= least) && !row.isLimit;
      reject(rows, isBelow, reasons.BELOW_RELIABILITY);
    }
  }

  function sharedExposures(rows) {
    const objects = new Map();
    for (const row of rows) {
      if (!isKnown(row.visit) || row.objectId === "") continue;
      objects.set(row.visit, (objects.get(row.visit) || new Set()).add(row.objectId));
    }
    return [...objects.values()].filter((ids) => ids.size > 1).length;
  }

  Object.assign(window.explorer, {
    included, reject, rejectOther, rejectUnusable, select, sharedExposures,
  });
})();
