// The sign of difference fluxes, by the rules of antares_helpers.photometry.
(() => {
  const { MISSING } = window.explorer;
  const ROUNDING = 1e-6;

  // Which convention the alerts flagged negative follow.
  function signConvention(alerts) {
    const fluxes = alerts.filter((each) => each.negative === 1).map((each) => each.psfFlux);
    const hasNegative = fluxes.some((flux) => flux < 0);
    const hasPositive = fluxes.some((flux) => flux > 0);
    if (hasNegative && hasPositive) return "mixed";
    return hasNegative ? "signed" : hasPositive ? "unsigned" : "none";
  }

  // Return [decided, otherwise]: the signed flux, NaN if undecided, and what to use if it stays so.
  function decide({ psfFlux: flux, negative, dipole, change }, convention) {
    const byChange = change === 0 || Number.isNaN(change) ? NaN : Math.sign(change) * Math.abs(flux);
    if (negative === 1) return [-Math.abs(flux), flux];
    if (negative === MISSING) return [Number.isNaN(byChange) && flux < 0 ? flux : byChange, NaN];
    let [plus, otherwise] = [flux, flux];
    if (dipole === 1 && (convention === "unsigned" || convention === "mixed")) {
      [plus, otherwise] = [byChange, NaN];
    } else if (dipole === 1 && convention === "none") {
      const isOpposite = change < -flux / 2 && change / 2 > -flux;
      const isOpen = !(isOpposite || flux < 0 || change > 0);
      plus = isOpposite ? -flux : isOpen ? NaN : flux;
    }
    // Without the flag, it may be a dipole.
    if (convention !== "signed" && dipole === MISSING && flux > 0) plus = NaN;
    return [plus, otherwise];
  }

  // The sign with which a flux lies within the range of the object's fluxes; 0 if both or none does.
  function signFromRange(flux, low, high) {
    const size = Math.abs(flux);
    if (!(Number.isFinite(low) && Number.isFinite(high) && size > 0)) return 0;
    const spare = ROUNDING * size;
    const isWithin = (value) => low - spare <= value && value <= high + spare;
    return Number(isWithin(size)) - Number(isWithin(-size));
  }

  function certainSign({ psfFlux, negative, dipole }) {
    if (negative === 1 || psfFlux < 0) return -1;
    return negative === 0 && dipole === 0 ? 1 : 0;
  }

  // Give each alert `flux`, and whether the range settles, confirms or contradicts its sign.
  function setSigns(alerts) {
    const convention = signConvention(alerts);
    for (const each of alerts) each.range = signFromRange(each.psfFlux, each.low, each.high);
    const isTrusted = !alerts.some((each) => certainSign(each) * each.range < 0);
    for (const each of alerts) {
      const [decided, otherwise] = decide(each, convention);
      const signed = Number.isNaN(decided) ? otherwise : decided;
      const settled = each.range * Math.abs(each.psfFlux);
      each.fromRange =
        Number.isNaN(decided) && each.range !== 0 && isTrusted && settled !== signed;
      each.flux = each.fromRange ? settled : signed;
      each.againstRange = each.range * each.flux < 0;
    }
    return convention;
  }

  Object.assign(window.explorer, { setSigns });
})();
