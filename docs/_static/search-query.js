// Reads a query as the pages would say it: without words that say nothing, in their spelling, and
// with mistyped words corrected to the nearest word of the site.
window.readQuery = (() => {
  const SPELLED = {
    acknowledgement: "acknowledgment", analyse: "analyze", catalogue: "catalog", centre: "center",
    colour: "color", fibre: "fiber", grey: "gray", labelled: "labeled", modelled: "modeled",
    neighbour: "neighbor", normalise: "normalize", programme: "program",
  };
  const STOP = new Set(
    ("a about an and are as at be by can do does for from get give has have how i in into is it " +
      "me my of on or should that the their there these this to use using want was what when " +
      "where which why will with you your").split(" "),
  );
  const GREEK = { α: "alpha", β: "beta", γ: "gamma", Δ: "delta", δ: "delta", λ: "lambda", μ: "mu", σ: "sigma", χ: "chi" };

  // Letters with accents, of full width or joined, as copied from papers, and Greek ones.
  const latin = (text) =>
    text
      .normalize("NFKD")
      .replace(/\p{M}|\p{Cf}/gu, "")
      .replace(/μ(?=[a-z])/giu, "u")
      .replace(/[α-ωΑ-Ω]/gu, (letter) => ` ${GREEK[letter] ?? letter}`);
  const partsOf = (word) => word.match(/[\p{L}\p{N}]+/gu) ?? [];

  // An end such as -ing or -s is no other word, and what has digits is not for us to correct.
  const isKnown = (part, vocabulary) =>
    /\p{N}/u.test(part) ||
    vocabulary.some(
      (word) =>
        word.startsWith(part) ||
        (word.length > 3 && part.length - word.length < 4 && part.startsWith(word)),
    );

  // Changed, missing, additional and exchanged letters between two words.
  const distance = (one, other) => {
    const rows = [[...other, ""].map((_, n) => n)];
    for (let i = 1; i <= one.length; i++) {
      const row = [i];
      for (let j = 1; j <= other.length; j++) {
        const changed = rows[i - 1][j - 1] + (one[i - 1] !== other[j - 1]);
        row[j] = Math.min(rows[i - 1][j] + 1, row[j - 1] + 1, changed);
        if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) {
          row[j] = Math.min(row[j], rows[i - 2][j - 2] + 1);
        }
      }
      rows.push(row);
    }
    return rows[one.length][other.length];
  };

  // The word that was meant, or none.
  const nearest = (typed, vocabulary) => {
    const most = typed.length < 5 ? 0 : typed.length < 8 ? 1 : 2;
    const [best] = vocabulary
      .filter((word) => word[0] === typed[0] && Math.abs(word.length - typed.length) <= most)
      .map((word) => ({ word, far: distance(typed, word) }))
      .filter(({ far }) => far <= most)
      .sort((a, b) => a.far - b.far);
    return best?.word;
  };

  const correct = (word, vocabulary) => {
    const parts = partsOf(word.toLowerCase());
    if (parts.some((part) => isKnown(part, vocabulary))) return word;
    return parts.length === 1 ? nearest(parts[0], vocabulary) : undefined;
  };

  return (query, vocabulary) => {
    const plain = latin(query);
    const words = plain.match(/[\p{L}\p{N}_.+-]*[\p{L}\p{N}][\p{L}\p{N}_.+-]*/gu) ?? [];
    const telling = words.filter((word) => !STOP.has(word.toLowerCase()));
    const meant = (telling.length ? telling : words).map((word) => {
      const [, stem, end] = word.toLowerCase().match(/^(.*?)(s?)$/);
      return SPELLED[stem] ? SPELLED[stem] + end : word;
    });
    const corrected = meant.map((word) => correct(word, vocabulary)).filter(Boolean);
    return { words: corrected, isCorrected: corrected.join(" ") !== meant.join(" ") };
  };
})();
