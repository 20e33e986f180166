// Let the lines above this script install from this very site, wherever it is: on a server, on
// localhost, or in a folder (file:). Without it, they install from files in the current folder.
{
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

  for (const block of document.currentScript.previousElementSibling.querySelectorAll("pre")) {
    const texts = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      texts.currentNode.data = complete(texts.currentNode.data);
    }
  }
}
