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

  // Parse JSON as Python does: large integers exactly, and NaN and Infinity.
  function parseJson(text) {
    const special = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])|NaN|-?Infinity/g;
    const mark = "\uE000" + Math.random().toString(36).slice(2) + ":";
    const marked = text.replace(special, (found) => (found[0] === '"' ? found : `"${mark}${found}"`));
    const revive = (_key, value) => {
      if (typeof value !== "string" || !value.startsWith(mark)) return value;
      const token = value.slice(mark.length);
      if (/[NI]/.test(token)) return Number(token);
      return Number.isSafeInteger(Number(token)) ? Number(token) : new BigNumber(token);
    };
    return JSON.parse(marked, revive);
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
