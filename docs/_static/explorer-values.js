// Values from JSON, read as antares_helpers.coerce reads them: what is not a number becomes NaN.
window.explorer = window.explorer || {};

(() => {
  const TRUE = new Set([true, 1, "true", "True", "t", "1"]);
  const FALSE = new Set([false, 0, "false", "False", "f", "0"]);
  const LONGEST = 30;
  const INT64_MAX = 2n ** 63n - 1n;

  // An integer beyond 2**53, which a number of JavaScript can't hold.
  class BigNumber {
    constructor(digits) {
      this.digits = digits;
    }
  }

  // The place of the quote that ends a string of JSON. (A regular expression fails for long ones.)
  function endOfString(text, start) {
    let end = start;
    let slashes = 1;
    while (slashes % 2) {
      end = text.indexOf('"', end + 1);
      if (end < 0) return text.length;
      for (slashes = 0; text[end - 1 - slashes] === "\\"; ) slashes += 1;
    }
    return end;
  }

  // Make strings, beginning with a mark, of what JSON.parse does not read as Python does.
  function withMarks(text, mark) {
    const special = /(?<![\d.eE+-])-?\d{16,}(?![\d.eE])|NaN|-?Infinity/g;
    const parts = [];
    for (let from = 0; from < text.length; ) {
      const quote = text.indexOf('"', from);
      const start = quote < 0 ? text.length : quote;
      const end = quote < 0 ? text.length : endOfString(text, quote) + 1;
      parts.push(text.slice(from, start).replace(special, `"${mark}$&"`), text.slice(start, end));
      from = end;
    }
    return parts.join("");
  }

  // Parse JSON as Python does: large integers exactly, and NaN and Infinity.
  function parseJson(text) {
    const mark = "\uE000" + Math.random().toString(36).slice(2) + ":";
    const revive = (_key, value) => {
      if (typeof value !== "string" || !value.startsWith(mark)) return value;
      const token = value.slice(mark.length);
      if (/[NI]/.test(token)) return Number(token);
      return Number.isSafeInteger(Number(token)) ? Number(token) : new BigNumber(token);
    };
    return JSON.parse(withMarks(text, mark), revive);
  }

  const MISSING = -1;

  function asFlag(value) {
    return TRUE.has(value) ? 1 : FALSE.has(value) ? 0 : MISSING;
  }

  function asFloat(value) {
    if (typeof value === "number") return value;
    if (!(value instanceof BigNumber)) return NaN;
    const number = Number(value.digits);
    return Number.isFinite(number) ? number : NaN;
  }

  // A whole number as its digits, "" if there is none: only equality and 0 matter.
  function asInteger(value) {
    if (typeof value === "number") {
      return Number.isSafeInteger(value) && value >= 0 ? String(value) : "";
    }
    const text = value instanceof BigNumber ? value.digits : value;
    if (typeof text !== "string" || !/^\d{1,19}$/.test(text)) return "";
    const number = BigInt(text);
    return number <= INT64_MAX ? String(number) : "";
  }

  function asString(value) {
    return typeof value === "string" && [...value].length <= LONGEST ? value : "";
  }

  // An ID as its digits; 0 stands for none.
  function asId(value) {
    if (typeof value === "number") {
      return Number.isSafeInteger(value) && value > 0 ? String(value) : "";
    }
    if (value instanceof BigNumber) return /^\d{1,30}$/.test(value.digits) ? value.digits : "";
    const text = asString(value);
    return /^\d+$/.test(text) && /[1-9]/.test(text) ? text : "";
  }

  // The first of some properties that is a number.
  function firstNumber(properties, ...names) {
    for (const name of names) {
      const value = asFloat(properties[name]);
      if (!Number.isNaN(value)) return value;
    }
    return NaN;
  }

  const isObject = (value) =>
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof BigNumber);

  Object.assign(window.explorer, {
    BigNumber, MISSING, asFlag, asFloat, asId, asInteger, asString, firstNumber, isObject, parseJson,
  });
})();
