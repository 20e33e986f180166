// The alerts of a locus as measurements, as antares_helpers.lightcurves reads those of LSST and ZTF.
(() => {
  const { MISSING, asFlag, asFloat, asId, asInteger, asString, firstNumber, isObject, setSigns } =
    window.explorer;
  const MAX_ID = 100;
  const DETECTOR = "lsst_diaSource_detector";
  const MAGNITUDES_PER_EFOLD = 2.5 / Math.log(10);

  // Printable as Python has it: no control, unassigned or separating character but the space.
  const isPrintable = (text) => !/\p{C}|(?! )\p{Z}/u.test(text);

  function surveyOf(id) {
    if (id.startsWith("lsst")) return "lsst";
    if (id.startsWith("ztf_upper_limit")) return "limit";
    return id.startsWith("ztf") ? "ztf" : "other";
  }

  function splitBySurvey(alerts) {
    const surveys = { lsst: [], ztf: [], limit: [], other: [], malformed: 0 };
    for (const alert of alerts) {
      const { id, properties } = isObject(alert) ? alert : {};
      const isRead = typeof id === "string" && isObject(properties);
      if (isRead && [...id].length <= MAX_ID && isPrintable(id)) surveys[surveyOf(id)].push(alert);
      else surveys.malformed += 1;
    }
    return surveys;
  }

  const common = (alert) => ({
    id: alert.id,
    isLimit: false,
    isForced: false,
    isNegative: false,
    isDipole: false,
    flagged: false,
    objectId: "",
    source: "",
    detector: asInteger(alert.properties[DETECTOR]),
    received: asFloat(alert.properties.ant_time_received),
    noMagnitude: false,
    lacksDipole: false,
    fromRange: false,
    againstRange: false,
  });

  function readLsstAlert(alert, { flags, lsstBegan }) {
    const all = alert.properties;
    const get = (name) => all[`lsst_diaSource_${name}`];
    const band = asString(get("band"));
    const [negative, dipole] = [asFlag(get("isNegative")), asFlag(get("isDipole"))];
    return {
      ...common(alert),
      survey: "lsst",
      mjd: asFloat(alert.mjd),
      began: lsstBegan,
      band,
      negative,
      dipole,
      psfFlux: asFloat(get("psfFlux")),
      fluxErr: asFloat(get("psfFluxErr")),
      change: asFloat(get("scienceFlux")) - asFloat(get("templateFlux")),
      low: asFloat(all[`lsst_diaObject_${band}_psfFluxMin`]),
      high: asFloat(all[`lsst_diaObject_${band}_psfFluxMax`]),
      reliability: asFloat(get("reliability")),
      isNegative: negative === 1,
      isDipole: dipole === 1,
      lacksDipole: dipole === MISSING,
      flags: flags.filter((name) => asFlag(all[name]) === 1),
      objectId: asId(get("diaObjectId")),
      source: asInteger(get("diaSourceId")),
      visit: asInteger(get("visit")),
    };
  }

  // Read LSST alerts: `flux` is "difference" or "total". Returns the sign convention too.
  function readLsst(alerts, flux, constants) {
    const read = alerts.map((alert) => readLsstAlert(alert, constants));
    const convention = setSigns(read);
    read.forEach((row, number) => {
      row.flagged = row.flags.length > 0;
      row.lacksSign = flux === "difference" && Number.isFinite(row.psfFlux) && Number.isNaN(row.flux);
      if (flux === "total") setTotal(row, alerts[number].properties);
    });
    return { rows: read, convention };
  }

  function setTotal(row, properties) {
    const FLAG = "lsst_diaSource_forced_PsfFlux_flag";
    row.flux = asFloat(properties.lsst_diaSource_scienceFlux);
    row.fluxErr = asFloat(properties.lsst_diaSource_scienceFluxErr);
    if (asFlag(properties[FLAG]) === 1) row.flags.push(FLAG);
    row.flagged = row.flags.length > 0;
    row.fromRange = row.againstRange = false;
  }

  function ztfBand({ ant_passband: passband, ztf_fid: fid }, { ztfPassbands, ztfFids }) {
    if (typeof passband === "string" && Object.hasOwn(ztfPassbands, passband)) {
      return ztfPassbands[passband];
    }
    if (typeof fid === "boolean") return ztfFids[Number(fid)] ?? "";
    return typeof fid === "number" ? (ztfFids[fid] ?? "") : "";
  }

  function ztfExposure(alert, isLimit) {
    const pid = asInteger(alert.properties.ztf_pid);
    if (!isLimit || (pid !== "" && pid !== "0")) return pid;
    return asInteger(alert.id.slice(alert.id.lastIndexOf("-") + 1));
  }

  // Read a ZTF alert: magnitudes become signed fluxes; start of exposure (UTC) its middle (TAI).
  function readZtfAlert(alert, isLimit, constants) {
    const { abZeropoint, taiMinusUtc, ztfBegan, ztfExposure: exposureTime, magnitudes } = constants;
    const all = alert.properties;
    const names = isLimit ? ["ant_maglim", "ztf_diffmaglim"] : ["ant_mag", "ztf_magpsf"];
    const magnitude = firstNumber(all, ...names);
    const magnitudeErr = firstNumber(all, "ant_magerr", "ztf_sigmapsf");
    const size = Math.pow(10, (abZeropoint - magnitude) / 2.5);
    const error = magnitudeErr > 5 ? NaN : (size * magnitudeErr) / MAGNITUDES_PER_EFOLD;
    const positive = asFlag(all.ztf_isdiffpos);
    const sign = isLimit || positive === 1 ? 1 : positive === 0 ? -1 : NaN;
    const given = firstNumber(all, "ztf_exptime");
    const exposure = Number.isFinite(given) && given > 0 ? given : exposureTime;
    return {
      ...common(alert),
      survey: "ztf",
      mjd: asFloat(alert.mjd) + (taiMinusUtc + exposure / 2) / 86400,
      began: ztfBegan,
      band: ztfBand(all, constants),
      flux: sign * size,
      fluxErr: isLimit ? size / 5 : error,
      snr: size / error,
      reliability: firstNumber(all, "ztf_drb", "ztf_rb"),
      isNegative: !isLimit && positive === 0,
      isLimit,
      flags: [],
      visit: ztfExposure(alert, isLimit),
      noMagnitude: magnitude < magnitudes[0] || magnitude > magnitudes[1],
      lacksSign: Number.isFinite(size) && Number.isNaN(sign),
    };
  }

  const readZtf = (detections, limits, constants) => [
    ...detections.map((alert) => readZtfAlert(alert, false, constants)),
    ...limits.map((alert) => readZtfAlert(alert, true, constants)),
  ];

  Object.assign(window.explorer, { readLsst, readZtf, splitBySurvey });
})();
