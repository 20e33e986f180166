// Filter the snippets by words. Without it, all are shown and the field is not.
(() => {
  const input = document.querySelector("#snippet-filter");
  const count = document.querySelector("#snippet-count");
  // A snippet is the innermost section around its forms; the output is not what a reader seeks.
  const snippets = [...document.querySelectorAll(".snippet-forms")].map((forms) => {
    const section = forms.closest("section");
    const clone = section.cloneNode(true);
    for (const output of clone.querySelectorAll(".snippet-output")) output.remove();
    return { section, text: clone.textContent.toLowerCase() };
  });
  const groups = new Set(snippets.map(({ section }) => section.parentElement));

  // The contents beside the page follow.
  const show = (section, isShown) => {
    section.hidden = !isShown;
    for (const link of document.querySelectorAll(`.page-toc a[href="#${section.id}"]`)) {
      link.closest("li").hidden = !isShown;
    }
  };

  const filter = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const { section, text } of snippets) {
      show(section, words.every((word) => text.includes(word)));
    }
    for (const group of groups) show(group, group.querySelector("section:not([hidden])"));
    const shown = snippets.filter(({ section }) => !section.hidden).length;
    count.textContent = words.length
      ? `${shown} of ${snippets.length} snippets`
      : `${snippets.length} snippets`;
  };

  input.addEventListener("input", filter);
  input.form.addEventListener("submit", (event) => event.preventDefault());
  filter(); // a browser that goes back restores the words
})();
