// Copy a page, or the section around the button, as Markdown. Without it, a link leads to the file.
(() => {
  const alternate = document.querySelector('link[rel="alternate"][type="text/markdown"]');
  if (!alternate) return;
  const status = document.createElement("span");
  let text;

  // As a script, because a page from file:// may not read a file.
  const load = () =>
    (text ??= new Promise((resolve, reject) => {
      globalThis.takeMarkdown = resolve;
      const script = document.createElement("script");
      script.src = `${alternate.href}.js`;
      script.addEventListener("error", reject);
      document.head.append(script);
    }));

  // Addresses are relative to this page; code, in which brackets may look like a link, stays.
  const absolute = (markdown) =>
    markdown.replace(/(`+)[\s\S]*?\1(?!`)|\]\(([^)\s]+)\)/g, (all, _, address) =>
      address ? `](${new URL(address, location.href).href})` : all,
    );

  const section = (markdown, heading) => {
    const level = Number(heading.tagName.slice(1));
    const title = heading.firstChild.textContent.trim();
    const lines = [];
    let isCode = false;
    let isInside = false;
    for (const line of markdown.split("\n")) {
      if (/^\s*```/.test(line)) isCode = !isCode;
      const found = isCode ? null : line.match(/^(#+) (.*)/);
      if (found && found[1].length <= level) isInside = found[2].replaceAll("\\", "") === title;
      if (isInside) lines.push(line);
    }
    return `${lines.join("\n").trim()}\n`;
  };

  const copied = async (button) => {
    const heading = button.closest("section")?.querySelector("h1, h2, h3, h4");
    const markdown = absolute(await load());
    const part = heading ? section(markdown, heading) : markdown;
    return new Blob([part], { type: "text/plain" });
  };

  const copy = async (button) => {
    try {
      // A promise: the text may arrive after the click has been dealt with.
      await navigator.clipboard.write([new ClipboardItem({ "text/plain": copied(button) })]);
      say(button, "Copied");
    } catch {
      location.href = alternate.href;
    }
  };

  const say = (button, words) => {
    const usual = button.textContent;
    status.textContent = words;
    button.textContent = words;
    button.disabled = true;
    setTimeout(() => {
      status.textContent = "";
      button.textContent = usual;
      button.disabled = false;
    }, 1500);
  };

  status.className = "markdown-status";
  status.setAttribute("role", "status");
  document.querySelector("main")?.append(status);
  for (const button of document.querySelectorAll(".copy-markdown")) {
    button.addEventListener("click", () => copy(button));
  }
})();
