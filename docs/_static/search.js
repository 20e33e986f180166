// The page of results: finds pages by Pagefind or, from file://, where a browser loads no module,
// by search-sections.js; and lists them as links to pages and to their sections.
(() => {
  const AT_ONCE = 10;
  const ROOT = new URL(document.documentElement.dataset.content_root, location.href);
  // Words of search_words.toml, for finding only; an excerpt may begin or end among them.
  const HIDDEN = /(<mark>)?⟦[^⟧]*⟧?(<\/mark>)?|^[^⟦]*⟧(<\/mark>)?/g;
  // What ranked the queries of tests/search_queries.toml best.
  const RANKING = {
    termSimilarity: 5,
    termSaturation: 2,
    metaWeights: { title: 3, kind: 0, weight: 0, image_alt: 0 },
  };
  const MIX = { phrase: 2, single: 0.1 };

  const input = document.querySelector(".bd-search-container input");
  const status = document.getElementById("search-status");
  const list = document.getElementById("search-results");
  const more = document.getElementById("search-more");
  let latest = 0; // the number of the latest search: earlier ones that end later are dropped
  let rest = [];

  const load = (path) =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.onload = resolve;
      script.onerror = reject;
      script.src = new URL(path, ROOT);
      document.head.append(script);
    });

  // Both ways give the words of all pages, and a function from words to results, the best first.
  const fromFile = async () => {
    await load("pagefind/sections.js");
    await load("_static/search-sections.js");
    return window.searchSections;
  };
  const fromServer = async () => {
    const address = new URL("pagefind/", ROOT);
    const [pagefind, vocabulary] = await Promise.all([
      import(new URL("pagefind.js", address)),
      fetch(new URL("words.json", address)).then((response) => response.json()),
    ]);
    await pagefind.options({ excerptLength: 24, ranking: RANKING });
    return { vocabulary, search: async (words) => (await pagefind.search(words)).results };
  };
  let engine;

  // Pages with all words count most, more so if these follow each other; then those with some.
  const find = async (words, search) => {
    const scores = new Map();
    const count = async (asked, factor) => {
      for (const result of await search(asked)) {
        const score = scores.get(result.id)?.score ?? 0;
        scores.set(result.id, { result, score: score + factor * result.score });
      }
    };
    await count(words.join(" "), 1);
    if (words.length > 1) {
      await count(`"${words.join(" ")}"`, MIX.phrase);
      for (const word of words) await count(word, MIX.single);
    }
    return [...scores.values()].sort((a, b) => b.score - a.score).map(({ result }) => result);
  };

  // The excerpt without hidden words or, if nothing else is in it, the beginning of the page.
  const shownOf = ({ excerpt, content, meta }) => {
    const shown = excerpt.replace(HIDDEN, "").trim();
    if (shown.length > 40) return shown;
    const start = content.replace(HIDDEN, "").slice(meta.title.length + 1).trim();
    return start.slice(0, start.lastIndexOf(" ", 160)).replace(/</g, "&lt;");
  };

  // Only text and marks reach the page.
  const textOf = (excerpt) => {
    const parsed = new DOMParser().parseFromString(excerpt, "text/html");
    const text = document.createElement("p");
    for (const node of parsed.body.childNodes) {
      const part = node.nodeName === "MARK" ? document.createElement("mark") : new Text();
      part.textContent = node.textContent;
      text.append(part);
    }
    text.append(" …");
    return text;
  };

  const link = (address, title) => {
    const made = document.createElement("a");
    made.href = new URL(address.replace(/^\//, ""), ROOT);
    made.textContent = title;
    return made;
  };

  const best = ({ weighted_locations: places }) =>
    Math.max(...places.map(({ balanced_score: score }) => score));

  const itemOf = (data) => {
    const item = document.createElement("li");
    const heading = document.createElement("h2");
    heading.append(link(data.raw_url, data.meta.title));
    item.append(heading);
    if (data.meta.kind !== "Page") {
      const kind = document.createElement("span");
      kind.className = "kind";
      kind.textContent = data.meta.kind;
      item.append(kind);
    }
    item.append(textOf(shownOf(data)));
    const sections = document.createElement("ul");
    const parts = data.sub_results.filter(({ anchor }) => /^h[2-4]$/.test(anchor?.element));
    parts.sort((a, b) => best(b) - best(a));
    for (const part of parts.slice(0, 3)) {
      const row = document.createElement("li");
      row.append(link(`${data.raw_url}#${part.anchor.id}`, part.title));
      sections.append(row);
    }
    if (sections.children.length) item.append(sections);
    return item;
  };

  const show = async (number) => {
    const items = (await Promise.all(rest.splice(0, AT_ONCE).map((result) => result.data()))).map(itemOf);
    if (number !== latest) return undefined;
    list.append(...items);
    more.hidden = !rest.length;
    return items[0];
  };

  const search = async () => {
    const number = ++latest;
    const query = input.value.trim();
    if (query) engine ??= location.protocol === "file:" ? fromFile() : fromServer().catch(fromFile);
    const { vocabulary, search: ask } = (query && (await engine)) || { vocabulary: [] };
    const { words, isCorrected } = window.readQuery(query, vocabulary);
    const found = words.length ? await find(words, ask) : [];
    if (number !== latest) return;
    rest = [...found];
    list.replaceChildren();
    await show(number);
    if (number !== latest) return;
    const pages = found.length === 1 ? "1 page" : `${found.length || "No"} pages`;
    const read = isCorrected && words.length ? `, read as “${words.join(" ")}”` : "";
    status.textContent = query && `${pages} found for “${query}”${read}.`;
  };

  more.addEventListener("click", async () => (await show(latest))?.querySelector("a").focus());
  const searchNow = () => {
    clearTimeout(waiting);
    history.replaceState(null, "", `?${new URLSearchParams({ q: input.value })}`);
    search();
  };
  let waiting;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(searchNow, 200);
  });
  input.form.addEventListener("submit", (event) => {
    event.preventDefault();
    searchNow();
  });
  input.value = new URLSearchParams(location.search).get("q") ?? "";
  input.focus({ preventScroll: true });
  search();
})();
