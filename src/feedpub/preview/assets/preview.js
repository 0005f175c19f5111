// Follows the site: when it was read anew, fetches this page again and puts the new content in the place of the old.
"use strict";

const live = document.getElementById("live");
let reading = document.getElementById("main").dataset.reading;
let again = false, busy = false;

function say(text, state) {
  if (live.dataset.state === state && live.textContent === text) return;
  live.dataset.state = state;
  live.textContent = text;
}

// A frame is as high as what it shows. Its document runs no script, so this is done from here.
function fit(frame) {
  const page = frame.contentDocument;
  if (!page || !page.body || page.URL === "about:blank") return;
  const measure = () => {
    const height = Math.ceil(Math.max(page.body.getBoundingClientRect().bottom, page.body.scrollHeight));
    if (height && height !== frame.clientHeight) frame.style.height = `${height + frame.offsetHeight - frame.clientHeight}px`;
  };
  measure();
  if (frame.watched === page) return;
  frame.watched = page;
  new frame.ownerDocument.defaultView.ResizeObserver(measure).observe(page.body);
}

function fitAll() {
  for (const frame of document.querySelectorAll("iframe")) {
    frame.addEventListener("load", () => fit(frame));
    if (frame.contentDocument && frame.contentDocument.readyState === "complete") fit(frame);
  }
}

// What a person did to the page since it was loaded: typed words, opened details, focus.
function kept(old, fresh) {
  for (const field of old.querySelectorAll("input[id]")) {
    const twin = fresh.querySelector(`#${CSS.escape(field.id)}`);
    if (twin) twin.value = field.value;
  }
  for (const details of old.querySelectorAll("details[id]")) {
    const twin = fresh.querySelector(`#${CSS.escape(details.id)}`);
    if (twin) twin.open = details.open;
  }
  for (const frame of old.querySelectorAll("iframe[id]")) {
    const twin = fresh.querySelector(`#${CSS.escape(frame.id)}`);
    if (!twin) continue;
    twin.style.height = frame.style.height;
    const entry = frame.contentDocument && frame.contentDocument.querySelector("details[open]");
    if (entry) twin.addEventListener("load", () => reopen(twin, entry.id), { once: true });
  }
}

function reopen(frame, id) {
  const entry = frame.contentDocument && frame.contentDocument.getElementById(id);
  for (const other of entry ? frame.contentDocument.querySelectorAll("details") : []) other.open = other === entry;
}

async function renew() {
  if (busy) { again = true; return; }
  busy = true;
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const focused = document.activeElement && document.activeElement.id;
    const caret = document.activeElement && "selectionStart" in document.activeElement ? document.activeElement.selectionStart : null;
    const [x, y] = [scrollX, scrollY];
    const list = document.querySelector(".list"), place = list ? list.scrollTop : 0;
    for (const selector of ["#main", "#top .tabs", ".brand"]) {
      const old = document.querySelector(selector), fresh = page.querySelector(selector);
      if (!old || !fresh) continue;
      kept(old, fresh);
      old.replaceWith(document.adoptNode(fresh));
    }
    document.title = page.title;
    reading = document.getElementById("main").dataset.reading;
    fitAll();
    if (document.querySelector(".list")) document.querySelector(".list").scrollTop = place;
    const field = focused && document.getElementById(focused);
    if (field) {
      field.focus({ preventScroll: true });
      if (caret !== null && field.setSelectionRange) field.setSelectionRange(caret, caret);
    }
    scrollTo({ left: x, top: y, behavior: "instant" });
    say(`Live, as of ${new Date().toLocaleTimeString()}`, "on");
  } catch {
    say("Not connected", "off");
  }
  busy = false;
  if (again) { again = false; renew(); }
}

// Browsers open six connections to one server: tabs that nobody sees hold none, and catch up when they are shown.
let events = null;
function listen() {
  if (events) events.close();
  if (document.hidden) return;
  events = new EventSource(`/events?since=${encodeURIComponent(reading)}`);
  events.addEventListener("change", (event) => { if (event.data !== reading) renew(); });
  events.addEventListener("open", () => { if (live.dataset.state !== "on") say("Live", "on"); });
  events.addEventListener("error", () => say("Not connected: is feedpub preview still running?", "off"));
}
document.addEventListener("visibilitychange", listen);
addEventListener("pagehide", () => events && events.close());
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
fitAll();
listen();
