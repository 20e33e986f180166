// Where a locus comes from: a script of this site, a locus file of the reader's, or ANTARES.
(() => {
  const { isObject, parseJson } = window.explorer;
  const FORMAT = "antares-locus";
  const VERSION = 1;
  const FILE_LOCUS_ID = /^[0-9A-Za-z][0-9A-Za-z_.-]{0,99}$/;
  const MAX_BYTES = 200e6;
  const TIMEOUT_MS = 30e3;
  const ANTARES = "https://api.antares.noirlab.edu/v2/";
  const ADDRESS =
    /^(?:https?:\/\/)?(?:www\.|api\.)?antares\.noirlab\.edu(?:\/v\d)?\/loci\/([^/?#\s]+)(?:[/?#]\S*)?$/i;

  // An error whose message is for the reader; `command` is what makes the file instead.
  class SourceError extends Error {
    constructor(message, command = "") {
      super(message);
      this.command = command;
    }
  }

  // --- The loci of this site -----------------------------------------------------------------

  const valueAt = (column, number) => (Array.isArray(column) ? column[number] : column);

  function rowsOf(columns, length) {
    const names = Object.keys(columns);
    return Array.from({ length }, (_, number) =>
      Object.fromEntries(names.map((name) => [name, valueAt(columns[name], number)])),
    );
  }

  // Turn the columns of a script of docs/_ext/explorer_data.py into a locus.
  function unpacked({ ids, mjds, properties, packet, ...locus }) {
    const rows = rowsOf(properties, ids.length);
    const alerts = ids.map((id, number) => ({ id, mjd: mjds[number], properties: rows[number] }));
    if (packet) {
      const { signs, ...columns } = packet;
      locus.packet = { signs, forced: rowsOf(columns, (columns.psfFlux || []).length) };
    }
    return { ...locus, alerts, origin: "site" };
  }

  const loaded = new Map();
  window.explorer.addLocus = (data) => loaded.set(data.id, unpacked(data));

  // Load a locus of this site: a script, which pages opened from a file can load too.
  function loadLocus(id) {
    if (loaded.has(id)) return Promise.resolve(loaded.get(id));
    const { version } = window.explorer.index;
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `${window.explorer.folder}${id}.js?v=${version}`;
      script.onload = () => resolve(loaded.get(id));
      script.onerror = () => reject(new SourceError(`The data of ${id} could not be loaded.`));
      document.head.append(script);
    });
  }

  // --- A file ------------------------------------------------------------------------------

  async function textOf(file) {
    if (file.size > MAX_BYTES) throw new SourceError("it is larger than 200 MB");
    const start = new Uint8Array(await file.slice(0, 2).arrayBuffer());
    const isGzipped = start[0] === 0x1f && start[1] === 0x8b;
    const stream = file.stream();
    const plain = isGzipped ? stream.pipeThrough(new DecompressionStream("gzip")) : stream;
    const decoder = new TextDecoder("utf-8", { fatal: true });
    const reader = plain.getReader();
    let [text, size] = ["", 0];
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.length;
      if (size > MAX_BYTES) {
        await reader.cancel();
        throw new SourceError("its content is larger than 200 MB");
      }
      text += decoder.decode(part.value, { stream: true });
    }
    return { text: text + decoder.decode(), isGzipped };
  }

  // Return the locus in the content of a locus file; see "Locus files" in the documentation.
  function checkedContent(content) {
    const header = isObject(content) ? content.header : null;
    if (!isObject(header) || header.format !== FORMAT) {
      throw new SourceError("its header does not say that its format is antares-locus");
    }
    if (header.version !== VERSION) {
      throw new SourceError(`it has another version than ${VERSION} of the format`);
    }
    const { locus } = content;
    if (!isObject(locus) || typeof locus.id !== "string" || !Array.isArray(locus.alerts)) {
      throw new SourceError("it holds no locus with an ID and a list of alerts");
    }
    if (!FILE_LOCUS_ID.test(locus.id)) throw new SourceError("the ID of its locus is not valid");
    return locus;
  }

  function isSimulated({ user_tags: tags, old_properties: properties }) {
    const isTagged = Array.isArray(tags) && tags.includes("simulated");
    const known = isObject(properties) ? properties.simulated : undefined;
    return isTagged || window.explorer.asFlag(known) === 1;
  }

  function known(locus) {
    const properties = isObject(locus.old_properties) ? locus.old_properties : {};
    const { num_alerts, replaced_by } = properties;
    return { id: locus.id, alerts: locus.alerts, simulated: isSimulated(locus), num_alerts, replaced_by };
  }

  // Read a locus file, gzipped or not: nothing of it leaves the browser.
  async function readFile(file) {
    try {
      const { text, isGzipped } = await textOf(file);
      const locus = known(checkedContent(parseJson(text)));
      return { ...locus, origin: "file", file: file.name, isGzipped };
    } catch (error) {
      const isOurs = error instanceof SourceError;
      const reason = isOurs ? error.message : "it is not JSON, or damaged";
      throw new SourceError(`${file.name} is not a locus file: ${reason}. Write one with save_locus.`);
    }
  }

  // --- ANTARES -----------------------------------------------------------------------------

  // The address of the API: that of ANTARES, or of a sandbox on this machine (?api=http://127.0.0.1:…).
  function apiAddress() {
    const given = new URLSearchParams(location.search).get("api");
    if (!given || !URL.canParse(given)) return ANTARES;
    const { protocol, hostname, origin, pathname } = new URL(given);
    const isLoopback = ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
    if (!isLoopback || !/^https?:$/.test(protocol)) return ANTARES;
    return pathname.length > 1 ? `${origin}${pathname.replace(/\/?$/, "/")}` : `${origin}/v2/`;
  }

  // The ID in what the reader typed: an ID, or the address of a locus in the portal.
  function typedId(given) {
    const text = given.trim();
    const id = ADDRESS.exec(text)?.[1] ?? text;
    if (/^ANT[0-9A-Za-z]{4,60}$/.test(id)) return id;
    throw new SourceError(
      `"${text.slice(0, 60)}" is not an ANTARES locus ID: expected ANT and then 4 to 60 letters and digits. ` +
        "By any other name, find_loci(name=...) finds the locus.",
    );
  }

  async function ask(path, command) {
    const options = { signal: AbortSignal.timeout(TIMEOUT_MS), credentials: "omit", referrerPolicy: "no-referrer" };
    let response;
    try {
      response = await fetch(apiAddress() + path, options);
    } catch (error) {
      const isLate = error.name === "TimeoutError";
      const reason = isLate
        ? "ANTARES did not respond within 30 seconds."
        : "ANTARES can't be reached from this page: it may not allow web pages to read its data.";
      throw new SourceError(`${reason} This command makes a file, which you can open here:`, command);
    }
    if (response.status === 404) throw new SourceError("ANTARES has no locus with this ID.");
    if (!response.ok) {
      throw new SourceError(`ANTARES failed (status ${response.status}). Try again, or make a file:`, command);
    }
    try {
      return parseJson(await response.text()).data;
    } catch {
      throw new SourceError("ANTARES sent a malformed response. This command may get further:", command);
    }
  }

  // Ask ANTARES for a locus.
  async function fetchLocus(given) {
    const id = typedId(given);
    const command = `antares-helpers fetch ${id} --no-catalogs --folder loci`;
    const path = `loci/${encodeURIComponent(id)}`;
    const [locus, alerts] = await Promise.all([ask(path, command), ask(`${path}/alerts`, command)]);
    if (!isObject(locus) || !Array.isArray(alerts)) {
      throw new SourceError("ANTARES sent a malformed response. This command may get further:", command);
    }
    const properties = { ...locus.internal_properties, ...locus.user_properties };
    const devkit = { id, alerts, user_tags: locus.tags, old_properties: properties };
    return { ...known(devkit), origin: "service" };
  }

  Object.assign(window.explorer, { SourceError, apiAddress, fetchLocus, loadLocus, readFile, typedId });
})();
