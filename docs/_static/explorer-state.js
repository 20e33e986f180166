// The state of the page in its address, and the Python that makes the same figure.
//
// A link to a state is explorer.html#NAME=VALUE&NAME=VALUE…, each part optional:
//   locus=ANT2026simrr01   the locus; one that is not simulated is asked for only on the reader's click
//   survey=all             lsst, ztf or all                     (extract_lightcurve's survey)
//   flux=total             difference or total                  (flux)
//   bands=gri              bands to include                     (bands)
//   keep_dipoles=false     exclude dipoles                      (keep_dipoles)
//   keep_flagged=false     exclude flagged points               (keep_flagged)
//   min_reliability=0.6    from 0 to 1                          (min_reliability)
//   forced=true            add forced photometry                (forced)
//   y=magnitude            flux or magnitude                    (plot_lightcurve's y)
//   period=0.50731         fold by this many days               (x="phase" and period)
//   sign=naive             right, naive (x -1 where isNegative is set) or abs
//   point=lsst:1706…       the point that is described
// What is not valid is ignored.
(() => {
  const { bands: BANDS } = window.explorer.constants;
  const START = {
    ...window.explorer.DEFAULTS, locus: "", y: "flux", period: null, point: "",
  };

  const choice = (...all) => (text) => (all.includes(text) ? text : undefined);
  const number = (isValid) => (text) => {
    const value = text.trim() === "" ? NaN : Number(text);
    return isValid(value) ? value : undefined;
  };
  const flag = (text) => ({ true: true, false: false })[text];

  function bandsIn(text) {
    const chosen = BANDS.filter((band) => text.includes(band));
    const isValid = chosen.length > 0 && [...text].every((each) => BANDS.includes(each));
    if (!isValid) return undefined;
    return chosen.length === BANDS.length ? null : chosen.join("");
  }

  // By name in the address: the name in the state, and how to read a value.
  const PARTS = {
    locus: ["locus", (text) => (/^[\w.-]{1,100}$/.test(text) ? text : undefined)],
    survey: ["survey", choice("lsst", "ztf", "all")],
    flux: ["flux", choice("difference", "total")],
    bands: ["bands", bandsIn],
    keep_dipoles: ["keepDipoles", flag],
    keep_flagged: ["keepFlagged", flag],
    min_reliability: ["minReliability", number((value) => value >= 0 && value <= 1)],
    forced: ["forced", flag],
    y: ["y", choice("flux", "magnitude")],
    period: ["period", number((value) => Number.isFinite(value) && value > 0)],
    sign: ["sign", choice("right", "naive", "abs")],
    point: ["point", (text) => (text.length <= 100 ? text : undefined)],
  };

  // Read a state from the part of an address after #.
  function readState(hash) {
    const state = { ...START };
    for (const [name, text] of new URLSearchParams(hash.replace(/^#/, ""))) {
      if (!Object.hasOwn(PARTS, name)) continue;
      const [key, read] = PARTS[name];
      const value = read(text);
      if (value !== undefined) state[key] = value;
    }
    if (state.flux === "total") state.survey = "lsst"; // ZTF has no total flux
    return state;
  }

  // Write a state, without what is as it is at the start.
  function writeState(state) {
    const parts = Object.entries(PARTS).filter(([, [key]]) => state[key] !== START[key]);
    const values = parts.map(([name, [key]]) => [name, String(state[key])]);
    return new URLSearchParams(values).toString().replaceAll("%3A", ":");
  }

  // --- Python ------------------------------------------------------------------------------

  const quoted = (text) => JSON.stringify(text);

  function loading({ origin, id, file, isGzipped }) {
    if (origin !== "file") return { imports: [], names: ["fetch_locus"], lines: [`locus = fetch_locus(${quoted(id)})`] };
    if (!isGzipped) return { imports: [], names: ["load_locus"], lines: [`locus = load_locus(${quoted(file)})`] };
    return {
      imports: ["import gzip", "from pathlib import Path"],
      names: ["load_locus"],
      lines: [
        `Path("${id}.json").write_bytes(gzip.decompress(Path(${quoted(file)}).read_bytes()))`,
        `locus = load_locus("${id}.json")`,
      ],
    };
  }

  function extractOptions(state, hasPacket) {
    const given = [];
    const add = (isGiven, text) => isGiven && given.push(text);
    add(state.survey !== "lsst", `survey=${quoted(state.survey)}`);
    add(state.flux !== "difference", `flux=${quoted(state.flux)}`);
    add(state.bands !== null, `bands=${quoted(state.bands)}`);
    add(!state.keepDipoles, "keep_dipoles=False");
    add(!state.keepFlagged, "keep_flagged=False");
    add(state.minReliability !== null, `min_reliability=${state.minReliability}`);
    add(hasPacket, "forced=fetch_alert_packet(locus)");
    return given;
  }

  // A call on one line, or with one argument a line if that would be too long.
  function call(start, given) {
    const line = `${start}(${given.join(", ")})`;
    if (line.length <= 79) return line;
    return [`${start}(`, ...given.map((each) => `    ${each},`), ")"].join("\n");
  }

  const RULES = {
    abs: ["# Wrong for negative fluxes: their size alone.", 'lc["flux"] = abs(lc["flux"])'],
    naive: [
      "# Wrong if psfFlux has its sign: times -1 where isNegative is set.",
      'name = "lsst_diaSource_psfFlux"',
      'given = {each["id"]: each["properties"].get(name) for each in locus["alerts"]}',
      'raw = np.array([given.get(each) for each in lc["alert_id"]], dtype=float)',
      'naive = np.where(lc["is_negative"], -raw, raw) * lc["flux"].unit',
      'lc["flux"] = np.where(np.isnan(raw), lc["flux"], naive)',
    ],
  };

  function importing(names) {
    const line = `from antares_helpers import ${names.join(", ")}`;
    if (line.length <= 79) return line;
    return ["from antares_helpers import (", ...names.map((name) => `    ${name},`), ")"].join("\n");
  }

  // Return the Python that makes the figure of a locus in a state.
  function python(locus, state) {
    const { imports, names, lines } = loading(locus);
    const hasPacket = state.forced && Boolean(locus.packet);
    const rule = state.flux === "difference" ? (RULES[state.sign] ?? []) : [];
    if (state.sign === "naive" && rule.length) imports.push("import numpy as np");
    names.push("extract_lightcurve", "plot_lightcurve", ...(hasPacket ? ["fetch_alert_packet"] : []));
    const plotted = ["lc"];
    if (state.y === "magnitude") plotted.push('y="magnitude"');
    if (state.period !== null) plotted.push('x="phase"', `period=${state.period}`);
    return [
      ...imports,
      ...(imports.length ? [""] : []),
      importing(names.sort()),
      "",
      ...lines,
      call("lc = extract_lightcurve", ["locus", ...extractOptions(state, hasPacket)]),
      ...rule,
      call("ax = plot_lightcurve", plotted),
      'ax.figure.savefig("light_curve.png", dpi=200)',
      "",
    ].join("\n");
  }

  Object.assign(window.explorer, { python, readState, writeState });
})();
