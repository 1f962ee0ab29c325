// All there is: parts of a page that refresh themselves, and "/" for the search box. The pages work without it.
"use strict";
const parts = document.querySelectorAll("[data-refresh]");
async function refresh(part) {
  if (document.hidden || part.contains(document.activeElement)) return;
  try {
    const answer = await fetch(location.href, { headers: { "x-part": "1" }, redirect: "error" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(part.id);
    if (!fresh) return;
    part.replaceChildren(...fresh.childNodes);
    if (!fresh.hasAttribute("data-refresh")) part.removeAttribute("data-refresh");
  } catch { /* the next time */ }
}
for (const part of parts) {
  setInterval(() => { if (part.hasAttribute("data-refresh")) refresh(part); }, Number(part.dataset.refresh) * 1000);
}
document.addEventListener("keydown", (event) => {
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = document.getElementById("find");
  if (box) { event.preventDefault(); box.focus(); box.select(); }
});
