// Install from this very site, wherever it is: on a server, on localhost, or a folder (file:).
// Without this script, the lines install from files downloaded into the current folder.
const root = new URL(document.documentElement.dataset.content_root, location.href);
const folder = new URL("downloads/", root).href.replaceAll("$", "%24"); // A shell would expand it.

function complete(text) {
  return text
    .replace(/"[^"]*\/(antares_helpers-[^"[]+\.whl)[^"]*"/, (argument, wheel) => {
      const extra = argument.match(/\[\w+\]/)?.[0] ?? "";
      return `"antares-helpers${extra} @ ${folder}${wheel}"`;
    })
    .replace(/\S*\/rsp-requirements\.txt/, `${folder}rsp-requirements.txt`);
}

for (const block of document.querySelectorAll(".install-lines pre")) {
  const texts = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    texts.currentNode.data = complete(texts.currentNode.data);
  }
}
