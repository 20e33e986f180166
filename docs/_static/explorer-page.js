// The page: its controls change the state; the state gives figure, numbers, code and address.
(() => {
  const explorer = window.explorer;
  const { constants, index, loadLocus, python, readState, writeState } = explorer;
  const $ = (id) => document.getElementById(`explorer-${id}`);
  const MAX_POINTS = 20000;
  const NEAR_PX = 28;
  const MIN_WIDTH = 150; // below it, the page is not laid out yet, or on its way out
  const ADDRESS_DELAY_MS = 300; // browsers limit how often an address may change

  let state = readState(location.hash);
  let locus = null;
  let result = null;
  let places = [];
  let chosen = -1;
  let addressTimer = 0;
  let latest = 0;

  // --- The list of loci --------------------------------------------------------------------

  // List the loci whose kind or ID contains each word of the search.
  function listLoci() {
    const words = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const kinds = explorer.searchLoci(words);
    $("loci").replaceChildren(...kinds.map(explorer.optionGroup));
    $("loci").value = locus?.origin === "site" ? locus.id : "";
    const number = kinds.reduce((sum, { loci }) => sum + loci.length, 0);
    const all = index.kinds.reduce((sum, { loci }) => sum + loci.length, 0);
    $("found").textContent = words.length ? `${number} of ${all} loci` : `${all} simulated loci`;
  }

  const isOfSite = (id) => index.kinds.some(({ loci }) => loci.some(([each]) => each === id));

  // --- Drawing -----------------------------------------------------------------------------

  function update() {
    if (!locus) return;
    result = explorer.extract(locus, state);
    $("title").textContent = explorer.titleOf(locus);
    $("sentence").textContent = explorer.sentence(result.report);
    $("warning").textContent = explorer.warningOf(locus, result, state);
    $("code").textContent = python(locus, state);
    $("code-note").replaceChildren(...explorer.codeNote(locus));
    showSummary();
    showTable();
    showControls();
    redraw();
    saveState();
  }

  function showSummary() {
    const numbers = [["included", result.report.included], ...Object.entries(result.report.excluded)];
    $("summary").tBodies[0].replaceChildren(...numbers.map(([name, number]) => {
      const row = document.createElement("tr");
      row.insertCell().textContent = name;
      row.insertCell().textContent = number.toLocaleString("en");
      return row;
    }));
  }

  function showTable() {
    const details = $("numbers");
    explorer.showTable(details.querySelector("tbody"), details.open ? result.points : []);
  }

  // Draw again: because of a change, or of another width.
  function redraw() {
    if (!result || $("figure").clientWidth < MIN_WIDTH) return;
    const { points } = result;
    const hasFocus = document.activeElement?.id === "explorer-points";
    const shown = points.length <= MAX_POINTS ? points : [];
    places = explorer.draw($("figure"), shown, state, locus.simulated);
    $("legend").replaceChildren(...explorer.legend(shown));
    const without = state.y === "magnitude" ? points.length - points.filter(explorer.hasMagnitude).length : 0;
    if (without) $("sentence").textContent = `${explorer.sentence(result.report)} ${without} without a magnitude.`;
    if (shown !== points) $("warning").textContent = `More than ${MAX_POINTS} points: the code below draws them.`;
    const list = $("points");
    list?.addEventListener("keydown", onKey);
    list?.addEventListener("focus", () => chosen < 0 && choose(0));
    if (hasFocus) list?.focus();
    choose(places.find(({ point }) => point.id && point.id === state.point)?.index ?? -1, false);
  }

  // --- One point ---------------------------------------------------------------------------

  // Choose a point by its place in time; -1 for none.
  function choose(number, isNew = true) {
    const place = places.find((each) => each.index === number);
    document.getElementById(`explorer-point-${chosen}`)?.setAttribute("aria-selected", "false");
    chosen = place ? number : -1;
    const cursor = $("cursor");
    cursor?.setAttribute("visibility", place ? "visible" : "hidden");
    if (place) {
      cursor.setAttribute("transform", `translate(${place.left} ${place.top})`);
      document.getElementById(`explorer-point-${number}`).setAttribute("aria-selected", "true");
      $("points").setAttribute("aria-activedescendant", `explorer-point-${number}`);
    } else {
      $("points")?.removeAttribute("aria-activedescendant");
    }
    $("hint").hidden = Boolean(place);
    explorer.showDetails($("details"), place?.point);
    explorer.showCutouts($("cutouts"), $("cutouts-note"), locus, place?.point);
    if (!isNew) return;
    state.point = place?.point.id ?? "";
    saveState();
  }

  function onKey(event) {
    const last = Math.max(...places.map((place) => place.index));
    const moves = {
      ArrowLeft: chosen - 1, ArrowUp: chosen - 1, ArrowRight: chosen + 1, ArrowDown: chosen + 1,
      PageUp: chosen - 10, PageDown: chosen + 10, Home: 0, End: last,
    };
    if (event.key === "Escape") choose(-1);
    if (!Object.hasOwn(moves, event.key) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    choose(Math.max(0, Math.min(last, moves[event.key])));
  }

  function onPointer(event) {
    const box = $("figure").getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let [nearest, least] = [null, NEAR_PX];
    for (const place of places) {
      const distance = Math.hypot(place.left - x, place.top - y);
      if (distance < least) [nearest, least] = [place, distance];
    }
    if (nearest && nearest.index !== chosen) choose(nearest.index);
  }

  // --- The controls ------------------------------------------------------------------------

  function showControls() {
    const form = $("options");
    for (const name of ["sign", "flux", "y", "survey"]) form.elements[name].value = state[name];
    for (const name of ["keepDipoles", "keepFlagged", "forced"]) form.elements[name].checked = state[name];
    for (const box of form.elements.band) box.checked = state.bands === null || state.bands.includes(box.value);
    $("rules").disabled = state.flux === "total";
    for (const radio of form.elements.survey) radio.disabled = state.flux === "total" && radio.value !== "lsst";
    $("reliability").value = state.minReliability ?? 0;
    $("least").textContent = state.minReliability === null ? "any" : String(state.minReliability);
    if (document.activeElement !== $("period")) $("period").value = state.period ?? "";
    $("simulated-period").hidden = !locus.period;
    $("simulated-period").textContent = `Fold by ${locus.period} d, the simulated period`;
  }

  function onOption({ target }) {
    const { name, type, value, checked } = target;
    if (name === "band") chooseBands(target);
    else if (name === "minReliability") state.minReliability = Number(value) > 0 ? Number(value) : null;
    else if (name === "period") choosePeriod(value);
    else if (type === "checkbox") state[name] = checked;
    else state[name] = value;
    if (state.flux === "total") state.survey = "lsst";
    update();
  }

  function chooseBands(box) {
    const boxes = [...$("options").elements.band].filter((each) => each.checked);
    if (!boxes.length) box.checked = true; // a light curve has at least one band
    const bands = (boxes.length ? boxes : [box]).map((each) => each.value).join("");
    state.bands = bands.length === constants.bands.length ? null : bands;
  }

  function choosePeriod(text) {
    const period = Number(text);
    const isValid = text.trim() === "" || (Number.isFinite(period) && period > 0);
    state.period = isValid && text.trim() !== "" ? period : null;
    $("period").setAttribute("aria-invalid", String(!isValid));
    $("period-note").textContent = isValid ? "" : "A period is a number above 0.";
  }

  function reset() {
    state = { ...readState(""), locus: state.locus };
    choosePeriod("");
    update();
  }

  // --- The address -------------------------------------------------------------------------

  function saveState() {
    clearTimeout(addressTimer);
    addressTimer = setTimeout(() => {
      const hash = writeState(state);
      if (hash !== location.hash.slice(1)) history.replaceState(null, "", `#${hash}`);
    }, ADDRESS_DELAY_MS);
  }

  async function followAddress() {
    clearTimeout(addressTimer);
    state = readState(location.hash);
    const id = state.locus || index.start;
    if (isOfSite(id)) {
      await show(loadLocus(id));
    } else if (locus?.id === id) {
      update();
    } else {
      $("id").value = id;
      say(`${id} is not one of the simulated loci: press Fetch to ask ANTARES for it.`);
      if (!locus) await show(loadLocus(index.start), false);
    }
  }

  // --- Loci --------------------------------------------------------------------------------

  function say(message, command = "") {
    $("message").textContent = message;
    $("command").textContent = command;
    $("command").hidden = !command;
  }

  // Show a locus once it is there, unless another one was asked for meanwhile.
  async function show(promise, isNamed = true) {
    latest += 1;
    const number = latest;
    try {
      const found = await promise;
      if (number !== latest) return;
      if (locus && locus.id !== found.id && isNamed && state.locus !== found.id) state.point = "";
      locus = found;
      if (isNamed) {
        state.locus = found.origin === "site" && found.id === index.start ? "" : found.id;
        say(found.origin === "site" ? "" : `Showing ${found.id}.`);
      }
      listLoci();
      update();
    } catch (error) {
      if (number === latest) say(error.message, error.command);
      if (!(error instanceof explorer.SourceError)) throw error;
    }
  }

  const open = (file) => file && show(explorer.readFile(file));

  function onAsk(event) {
    event.preventDefault();
    say("Asking ANTARES …");
    show(explorer.fetchLocus($("id").value));
  }

  async function copyCode() {
    await navigator.clipboard.writeText($("code").textContent);
    $("copied").textContent = "Copied.";
  }

  function onDrop(event) {
    event.preventDefault();
    document.body.classList.remove("explorer-dropping");
    open(event.dataTransfer.files[0]);
  }

  function onDrag(event) {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    document.body.classList.add("explorer-dropping");
  }

  function listen() {
    $("search").addEventListener("input", listLoci);
    $("loci").addEventListener("change", () => show(loadLocus($("loci").value)));
    $("options").addEventListener("input", onOption);
    $("options").addEventListener("submit", (event) => event.preventDefault());
    $("simulated-period").addEventListener("click", () => { state.period = locus.period; update(); });
    $("reset").addEventListener("click", reset);
    $("figure").addEventListener("pointermove", onPointer);
    $("figure").addEventListener("pointerdown", onPointer);
    $("numbers").addEventListener("toggle", showTable);
    $("copy").addEventListener("click", copyCode);
    $("file").addEventListener("change", ({ target }) => open(target.files[0]));
    $("ask").addEventListener("submit", onAsk);
    document.addEventListener("dragover", onDrag);
    document.addEventListener("dragleave", (event) => event.relatedTarget || document.body.classList.remove("explorer-dropping"));
    document.addEventListener("drop", onDrop);
    window.addEventListener("hashchange", followAddress);
    new ResizeObserver(redraw).observe($("figure"));
  }

  function showSymbols() {
    for (const svg of document.querySelectorAll(".explorer-symbol")) {
      svg.setAttribute("viewBox", "-10 -10 20 20");
      svg.append(explorer.symbol({ band: svg.dataset.band, survey: "lsst" }));
    }
  }

  showSymbols();
  listLoci();
  listen();
  followAddress();
})();
