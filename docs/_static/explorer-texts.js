// The texts around the figure: the list of loci, title, warnings, legend, and how to run the code.
(() => {
  const { constants, index, symbol } = window.explorer;

  // The kinds and loci that have each of some words in their names.
  function searchLoci(words) {
    const isFound = (name, id) => words.every((word) => `${name} ${id}`.toLowerCase().includes(word));
    return index.kinds
      .map(({ name, loci }) => ({ name, loci: loci.filter(([id]) => isFound(name, id)) }))
      .filter(({ loci }) => loci.length);
  }

  function optionGroup({ name, loci }) {
    const group = document.createElement("optgroup");
    group.label = `${name} (${loci.length})`;
    group.append(...loci.map(([id, alerts]) => new Option(`${id} (${alerts})`, id)));
    return group;
  }

  function titleOf({ id, kind, origin, simulated }) {
    const isStandIn = simulated && !/^ANT\d{4}sim/.test(id);
    const about = origin === "site" ? `${kind}, simulated` : simulated ? "simulated" : "";
    return [id, isStandIn ? `${about} stand-in` : about].filter(Boolean).join(": ");
  }

  // What a reader must know before trusting the figure.
  function warningOf(locus, { report, convention }, state) {
    const found = [];
    if (state.flux === "difference" && state.sign === "abs") found.push("Wrong: abs() turns every fading into a brightening.");
    if (state.flux === "difference" && state.sign === "naive" && convention === "signed") {
      found.push("Wrong: here psfFlux has its sign, and × −1 turns every fading into a brightening.");
    }
    if (convention === "mixed") found.push("Alerts flagged negative have both signs of psfFlux; all are taken as negative.");
    if (typeof locus.num_alerts === "number" && report.alerts < locus.num_alerts) {
      found.push(`This locus should have ${locus.num_alerts} alerts: the light curve has gaps.`);
    }
    if (locus.replaced_by && locus.replaced_by !== locus.id) found.push("ANTARES has replaced this locus by another one.");
    if (state.forced && !locus.packet) found.push("Forced photometry is in Rubin's packets, which only the simulated loci have here.");
    return found.join(" ");
  }

  // How to run the code.
  function codeNote(locus) {
    if (locus.origin === "file") return ["Run it in the folder of the file."];
    if (!locus.simulated) return [];
    const command = document.createElement("code");
    command.textContent = "python -m antares_sandbox -- python figure.py";
    return ["The locus is simulated: save these lines as figure.py, and run ", command];
  }

  function legendItem(label, point) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "-10 -10 20 20");
    svg.setAttribute("aria-hidden", "true");
    svg.append(symbol(point));
    const item = document.createElement("li");
    item.append(svg, label);
    return item;
  }

  // The symbols that are drawn, with their names.
  function legend(points) {
    const items = new Map();
    for (const survey of ["lsst", "ztf"]) {
      for (const band of constants.bands) {
        const found = points.some((point) => point.band === band && point.survey === survey);
        const label = survey === "ztf" ? `${band} (ZTF)` : band;
        if (found) items.set(label, { band, survey });
      }
    }
    const [first] = points;
    if (points.some((point) => point.isForced)) items.set("forced photometry", { band: first.band, survey: "lsst", isForced: true });
    if (points.some((point) => point.isLimit)) items.set("upper limit", { band: first.band, survey: "ztf", isLimit: true });
    if (points.some((point) => point.isDipole)) items.set("dipole", { band: first.band, survey: "lsst", isDipole: true });
    return [...items].map(([label, point]) => legendItem(label, point));
  }

  Object.assign(window.explorer, { codeNote, legend, optionGroup, searchLoci, titleOf, warningOf });
})();
