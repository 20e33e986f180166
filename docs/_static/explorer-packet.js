// What Rubin's packet adds: signs and forced photometry, as antares_helpers.lightcurves.forced has it.
(() => {
  const { asFloat, asId, asInteger, asString, included, rejectOther, rejectUnusable } = window.explorer;

  const sign = Math.sign;
  const SIGNS = { "+": 1, "-": -1, 0: 0 };

  // Take the signs of difference fluxes from the packet: one sign for each alert of the locus.
  function takeSigns(rows, packet, alerts, flux) {
    if (flux !== "difference") return;
    const signs = new Map(alerts.map((alert, number) => [alert.id, SIGNS[packet.signs[number]]]));
    for (const row of rows) {
      const expected = signs.get(row.id);
      if (row.survey !== "lsst" || !expected) continue;
      const differs = Number.isFinite(row.flux) && row.flux !== 0 && sign(row.flux) !== expected;
      row.signFromPacket = differs || row.lacksSign;
      if (!row.signFromPacket) continue;
      row.flux = expected * Math.abs(row.lacksSign ? row.psfFlux : row.flux);
      row.lacksSign = false;
      if (differs) row.fromRange = row.againstRange = false;
    }
  }

  function forcedRow(values, flux, lsstBegan) {
    const name = flux === "total" ? "scienceFlux" : "psfFlux";
    return {
      // Packets hold floats of 32 bits; the shortest decimal of each is in the file.
      flux: Math.fround(asFloat(values[name])),
      fluxErr: Math.fround(asFloat(values[`${name}Err`])),
      mjd: asFloat(values.midpointMjdTai),
      band: asString(values.band),
      objectId: asId(values.diaObjectId),
      visit: asInteger(values.visit),
      detector: asInteger(values.detector),
      began: lsstBegan,
      id: "",
      survey: "lsst",
      reliability: NaN,
      isForced: true,
      isLimit: false,
      isNegative: false,
      isDipole: false,
      flagged: false,
      flags: [],
    };
  }

  // Whether there is a detection in an exposure of which parts may be unknown.
  function isAmong(row, exposures) {
    return [row.objectId, ""].some((object) =>
      [row.detector, ""].some((number) => exposures.has(`${object} ${row.visit} ${number}`)),
    );
  }

  function exposuresOf(rows) {
    const known = rows.filter((row) => row.survey === "lsst" && row.visit !== "" && row.visit !== "0");
    return new Set(known.map((row) => `${row.objectId} ${row.visit} ${row.detector}`));
  }

  // Return the forced photometry of visits without a detection, and how many of it is unusable.
  function forcedPoints(packet, rows, options, constants) {
    const points = packet.forced.map((each) => forcedRow(each, options.flux, constants.lsstBegan));
    rejectUnusable(points);
    const unusable = points.filter((row) => row.reason);
    const wanted = included(points);
    rejectOther(wanted, options);
    const all = exposuresOf(rows);
    const isWanted = (row) => options.bands === null || options.bands.includes(row.band);
    return {
      rows: included(wanted).filter((row) => !isAmong(row, all)),
      unusable: unusable.filter((row) => isWanted(row) && !isAmong(row, all)).length,
    };
  }

  Object.assign(window.explorer, { forcedPoints, takeSigns });
})();
