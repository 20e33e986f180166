// Filter the tutorials by tag. The tags chosen stand in the address: #tag=time,photometry
const buttons = [...document.querySelectorAll("button[data-tag]")];
const cards = [...document.querySelectorAll("li[data-tags]")];
const status = document.querySelector(".tag-status");

function chosen() {
  const asked = new URLSearchParams(location.hash.slice(1)).get("tag") ?? "";
  return buttons.map((button) => button.dataset.tag).filter((tag) => asked.split(",").includes(tag));
}

function show() {
  const tags = chosen();
  for (const button of buttons) {
    button.setAttribute("aria-pressed", tags.includes(button.dataset.tag));
  }
  for (const card of cards) {
    const own = card.dataset.tags.split(" ");
    card.hidden = !tags.every((tag) => own.includes(tag));
  }
  for (const section of document.querySelectorAll("article section section")) {
    section.hidden = !section.querySelector("li[data-tags]:not([hidden])");
  }
  const shown = cards.filter((card) => !card.hidden).length;
  status.textContent = tags.length
    ? `${shown} of ${cards.length} tutorials shown.`
    : `${cards.length} tutorials.`;
}

function toggle(tag) {
  const tags = chosen();
  const others = tags.filter((other) => other !== tag);
  const next = tags.includes(tag) ? others : [...tags, tag];
  const address = next.length ? `#tag=${next.join(",")}` : location.pathname;
  history.replaceState(null, "", address);
  show();
}

for (const button of buttons) {
  button.addEventListener("click", () => toggle(button.dataset.tag));
}
addEventListener("hashchange", show);
show();
