// The light curve of a locus: extract_lightcurve and alert_summary of antares_helpers, in a browser.
(() => {
  const { asFloat, included, readLsst, readZtf, select, sharedExposures, splitBySurvey } = window.explorer;
  const { reasons } = window.explorer.constants;

  // Options have the names and defaults of extract_lightcurve; `sign` chooses a rule for psfFlux.
  const DEFAULTS = {
    survey: "lsst",
    flux: "difference",
    bands: null,
    keepDipoles: true,
    keepFlagged: true,
    minReliability: null,
    forced: false,
    sign: "right",
  };

  function count(excluded, reason, number) {
    if (number) excluded[reason] = (excluded[reason] || 0) + number;
  }

  function readAlerts(locus, { survey, flux }) {
    const { constants } = window.explorer;
    const surveys = splitBySurvey(locus.alerts);
    const isZtf = survey !== "lsst";
    const lsst = readLsst(survey === "ztf" ? [] : surveys.lsst, flux, constants);
    const ztf = isZtf ? readZtf(surveys.ztf, surveys.limit, constants) : [];
    const rows = [...lsst.rows, ...ztf];
    const excluded = {};
    count(excluded, reasons.MALFORMED, surveys.malformed);
    count(excluded, reasons.OTHER_SURVEY, locus.alerts.length - surveys.malformed - rows.length);
    return { rows, excluded, convention: survey === "ztf" ? "none" : lsst.convention };
  }

  // The rules that are wrong for signed fluxes, as the Python under the figure applies them.
  function applyRule(rows, locus, { sign, flux }) {
    if (flux === "total" || sign === "right") return;
    const given = sign === "naive" ? rawFluxes(locus) : new Map();
    for (const row of rows) {
      const raw = given.get(row.id);
      if (sign === "abs") row.flux = Math.abs(row.flux);
      else if (!Number.isNaN(raw ?? NaN)) row.flux = row.isNegative ? -raw : raw;
    }
  }

  function rawFluxes(locus) {
    const alerts = splitBySurvey(locus.alerts).lsst;
    return new Map(alerts.map(({ id, properties }) => [id, asFloat(properties.lsst_diaSource_psfFlux)]));
  }

  function reportOf(locus, rows, excluded, counted) {
    for (const row of rows) count(excluded, row.reason, row.reason ? 1 : 0);
    const some = (name) => counted.filter((row) => row[name]).length;
    const sorted = Object.entries(excluded).sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      alerts: locus.alerts.length,
      included: counted.length,
      excluded: Object.fromEntries(sorted),
      withoutIsDipole: some("lacksDipole"),
      objects: new Set(counted.map((row) => row.objectId).filter(Boolean)).size,
      sharedExposures: sharedExposures(counted),
      fromRange: some("fromRange"),
      againstRange: some("againstRange"),
    };
  }

  function addForced(locus, rows, options, report) {
    if (!options.forced || !locus.packet) return [];
    const packet = options.survey === "ztf" ? { forced: [] } : locus.packet;
    const { constants, forcedPoints } = window.explorer;
    const { rows: points, unusable } = forcedPoints(packet, rows, options, constants);
    Object.assign(report, {
      forcedAdded: points.length,
      forcedUnusable: unusable,
      signsFromPacket: included(rows).filter((row) => row.signFromPacket).length,
    });
    return points;
  }

  // Return the points of a light curve, sorted by time, and its report.
  function extract(locus, given = {}) {
    const options = { ...DEFAULTS, ...given };
    const { rows, excluded, convention } = readAlerts(locus, options);
    if (options.forced && locus.packet) window.explorer.takeSigns(rows, locus.packet, locus.alerts, options.flux);
    select(rows, options);
    const counted = included(rows);
    const report = reportOf(locus, rows, excluded, counted);
    const points = [...counted, ...addForced(locus, rows, options, report)];
    applyRule(points, locus, options);
    points.sort((a, b) => a.mjd - b.mjd);
    return { points, report, convention };
  }

  const plural = (number, noun) => (number === 1 ? `${number} ${noun}` : `${number} ${noun}s`);

  // The sentence of alert_summary.
  function sentence(report) {
    const counts = Object.entries(report.excluded).map(([reason, number]) => `${number} ${reason}`);
    const list = counts.length ? `; excluded: ${counts.join(", ")}.` : ".";
    let text = `${report.included} of ${report.alerts} alerts included${list}`;
    if (report.objects > 1) text += ` They belong to ${report.objects} diaObjects.`;
    if (report.sharedExposures) {
      const visits = plural(report.sharedExposures, "visit");
      text += ` ${visits} measured several diaObjects, which are rows of their own.`;
    }
    if (report.withoutIsDipole) {
      const verb = report.withoutIsDipole === 1 ? "does" : "do";
      text += ` ${report.withoutIsDipole} of those included ${verb} not say whether they are dipoles.`;
    }
    if (report.fromRange) {
      const noun = report.fromRange === 1 ? "sign comes" : "signs come";
      text += ` ${report.fromRange} ${noun} from the range of the object's fluxes.`;
    }
    if (report.againstRange) {
      const noun = report.againstRange === 1 ? "sign contradicts" : "signs contradict";
      text += ` ${report.againstRange} ${noun} that range.`;
    }
    return text + forcedClause(report);
  }

  function forcedClause(report) {
    if (report.forcedAdded === undefined) return "";
    const added = plural(report.forcedAdded, "forced point");
    const { forcedUnusable: unusable, signsFromPacket: signs } = report;
    const rest = unusable ? `; ${plural(unusable, "other")} without a usable value.` : ".";
    const taken = signs ? ` ${plural(signs, "sign")} taken from them.` : "";
    return ` ${added} and 0 detections added from Rubin's packets${rest}${taken}`;
  }

  Object.assign(window.explorer, { DEFAULTS, extract, sentence });
})();
