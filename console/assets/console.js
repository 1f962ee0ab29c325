// All there is: parts of a page that refresh themselves, times in the reader's zone, buttons that copy, and "/" for the
// search box. The pages work without it.
"use strict";
const PATIENCE = 10_000;
const parts = () => [...document.querySelectorAll("[data-refresh]")];
const alarm = document.createElement("p");
alarm.className = "note bad";
alarm.setAttribute("role", "alert");
let current = new Date(performance.timeOrigin);
let asking = false;

// The page as it is now; what went wrong as the error's message.
async function ask() {
  let answer, text;
  try {
    answer = await fetch(location.href, { redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
    text = await answer.text();
  } catch {
    throw new Error("the console does not answer. It is asked again every few seconds.");
  }
  if (answer.type === "opaqueredirect") throw new Error("you are not signed in any more.", { cause: "session" });
  const page = new DOMParser().parseFromString(text, "text/html");
  const words = page.querySelector("main p")?.textContent ?? `the console answers ${answer.status}.`;
  if (!answer.ok) throw new Error(words);
  return page;
}

// "5 min ago", as the console writes it.
function ago(at, now) {
  const seconds = Math.round((now - at) / 1000);
  const size = Math.abs(seconds);
  const [value, unit] = size < 60 ? [size, "s"] : size < 3600 ? [Math.floor(size / 60), "min"]
    : size < 86400 ? [Math.floor(size / 3600), "h"] : [Math.floor(size / 86400), "d"];
  return seconds < 0 ? `in ${value} ${unit}` : `${value} ${unit} ago`;
}

const two = (number) => String(number).padStart(2, "0");
const day = (at) => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
const clock = (at) => `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
const zone = (at) => new Intl.DateTimeFormat("en", { timeZoneName: "short" }).formatToParts(at)
  .find((part) => part.type === "timeZoneName")?.value ?? "";

// Times in the reader's own zone, with UTC beside; those that say how long ago go on.
function tellTimes(root = document) {
  const now = new Date();
  for (const time of root.querySelectorAll("time[data-time]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    const utc = at.toISOString().replace("T", " ").slice(0, 19);
    const local = `${day(at)} ${clock(at)} ${zone(at)}`;
    const kind = time.dataset.time;
    if (kind === "ago") time.textContent = ago(at, now);
    else if (at.getTimezoneOffset() !== 0) {
      time.textContent = kind === "exact" ? `${local} · ${utc} UTC` : `${clock(at)} ${zone(at)} · ${utc.slice(11)} UTC`;
    }
    time.title = at.getTimezoneOffset() === 0 ? `${utc} UTC` : `${local} · ${utc} UTC`;
  }
}

// Buttons that copy are of no use without the script, and so are hidden until it shows them.
function showCopying(root = document) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("button.copy[hidden]")) button.hidden = false;
}

async function copy(button) {
  const from = button.dataset.copyFrom;
  const text = from ? document.getElementById(from)?.textContent : button.dataset.copy;
  const [words, label] = [button.textContent, button.getAttribute("aria-label")];
  const say = (result) => { button.textContent = result; button.setAttribute("aria-label", result); };
  try {
    await navigator.clipboard.writeText(text ?? "");
    say("Copied");
  } catch {
    say("Not copied");
  }
  setTimeout(() => { button.textContent = words; button.setAttribute("aria-label", label); }, 1500);
}

function renew(part, fresh) {
  const active = part.contains(document.activeElement) ? document.activeElement : null;
  // Somebody types here.
  if (active?.matches("input, textarea, select")) return;
  for (const field of part.querySelectorAll("input[id], textarea[id]")) {
    const same = fresh.querySelector(`#${CSS.escape(field.id)}`);
    if (same && field.value !== field.defaultValue) same.value = field.value;
  }
  const name = (place) => place.getAttribute("href") ?? place.textContent;
  part.replaceChildren(...fresh.childNodes);
  tellTimes(part);
  showCopying(part);
  if (!fresh.hasAttribute("data-refresh")) part.removeAttribute("data-refresh");
  if (!active) return;
  const place = [...part.querySelectorAll("a, button")].find((other) => name(other) === name(active));
  place?.focus({ preventScroll: true });
}

// Old numbers must not pass for new ones.
function warn(why) {
  const words = `Not current since ${current.toISOString().slice(11, 19)} UTC: ${why.message} `;
  if (alarm.isConnected && alarm.textContent.startsWith(words)) return;
  alarm.replaceChildren(words);
  if (why.cause === "session") {
    const link = document.createElement("a");
    link.href = `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
    link.textContent = "Sign in";
    alarm.append(link);
  }
  parts()[0].before(alarm);
  for (const part of parts()) part.classList.add("old");
}

async function refresh() {
  if (document.hidden || asking || parts().length === 0) return;
  asking = true;
  const begun = new Date();
  try {
    const page = await ask();
    for (const part of parts()) {
      const fresh = page.getElementById(part.id);
      if (!fresh) throw new Error("this page has changed: load it again.");
      renew(part, fresh);
      part.classList.remove("old");
    }
    current = begun;
    alarm.remove();
  } catch (why) {
    warn(why);
  } finally {
    asking = false;
  }
}

tellTimes();
showCopying();
setInterval(() => { if (!document.hidden) tellTimes(); }, 10_000);
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button.copy");
  if (button) copy(button);
});

const seconds = parts().map((part) => Number(part.dataset.refresh));
if (seconds.length > 0) setInterval(refresh, Math.min(...seconds) * 1000);
document.addEventListener("visibilitychange", refresh);
document.addEventListener("keydown", (event) => {
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = document.getElementById("find");
  if (box) { event.preventDefault(); box.focus(); box.select(); }
});
