// The search for pages opened from file://, where Pagefind can't run: it looks through all pages,
// as Pagefind has read them (pagefind/sections.js), and gives results of the same form.
window.searchSections = (() => {
  const TITLE = 30;
  const HEADING = 12;
  const WORD = 15; // a hidden one
  const PAGES = window.searchPages.map((page, id) => {
    const words = page.content.split(/\s+/);
    const anchors = page.anchors.filter(({ element }) => /^h[1-4]$/.test(element));
    const sections = anchors.map((anchor, n) => ({
      anchor,
      title: anchor.text,
      text: words.slice(anchor.location, anchors[n + 1]?.location).join(" "),
    }));
    return { ...page, id, raw_url: page.url, sections, weight: Number(page.meta.weight) };
  });

  const matcher = (word) => {
    const stem = word.length > 4 ? word.replace(/(ies|es|s|ing|ed)$/i, "") : word;
    const safe = stem.replace(/[^\p{L}\p{N}]+/gu, "[^\\p{L}\\p{N}]*");
    // A whole word counts more than the beginning of one.
    return [new RegExp(`(?<![\\p{L}\\p{N}])${safe}(s|es|ies|ing|ed)?(?![\\p{L}\\p{N}])`, "giu"),
      new RegExp(`(?<![\\p{L}\\p{N}])${safe}`, "giu")];
  };
  const count = (text, [whole, start]) =>
    (text.match(whole)?.length ?? 0) + 0.2 * (text.match(start)?.length ?? 0);

  const scoreOf = ({ title, text }, anyOf, weight) => {
    const hidden = text.match(/⟦[^⟧]*⟧/)?.[0] ?? "";
    const inText = count(text, anyOf);
    return (
      HEADING * Math.min(1, count(title, anyOf)) * weight +
      WORD * Math.min(1, count(hidden, anyOf)) +
      Math.log1p(inText) * weight
    );
  };

  const excerptOf = (text, [, start]) => {
    const shown = text.replace(/⟦[^⟧]*⟧/g, "");
    const at = Math.max(0, shown.search(start) - 60);
    const begin = at && shown.indexOf(" ", at) + 1;
    const part = shown.slice(begin, shown.indexOf(" ", begin + 160) >>> 0);
    const safe = part.replace(/&/g, "&amp;").replace(/</g, "&lt;");
    return safe.replace(start, "<mark>$&</mark>");
  };

  const resultOf = (page, anyOf) => {
    const scored = page.sections.map((section) => ({
      ...section,
      score: scoreOf(section, anyOf, page.weight),
    }));
    const best = scored.filter(({ score }) => score).sort((a, b) => b.score - a.score);
    for (const one of best) one.weighted_locations = [{ balanced_score: one.score }];
    if (!best.length) return [];
    const title = TITLE * Math.min(1, count(page.meta.title, anyOf)) * Math.sqrt(page.weight);
    const data = () => ({ ...page, sub_results: best, excerpt: excerptOf(best[0].text, anyOf) });
    return [{ id: page.id, score: title + best[0].score + 0.5 * (best[1]?.score ?? 0), data }];
  };

  const one = (word) => {
    const anyOf = matcher(word);
    const found = PAGES.flatMap((page) => resultOf(page, anyOf));
    const rarity = Math.log1p(PAGES.length / (found.length || 1));
    return found.map((result) => ({ ...result, score: result.score * rarity }));
  };

  const search = async (query) => {
    if (query.startsWith('"')) return one(query.slice(1, -1));
    const [first, ...others] = query.split(" ").map(one);
    return others.reduce(
      (both, found) =>
        both.flatMap((result) => {
          const same = found.find(({ id }) => id === result.id);
          return same ? [{ ...result, score: result.score + same.score }] : [];
        }),
      first,
    );
  };
  return { vocabulary: window.searchWords, search };
})();
