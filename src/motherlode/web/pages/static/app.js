// What makes the pages quicker; each of them works without it. Nothing here computes: answers come from the server.
"use strict";

const byId = (id) => document.getElementById(id);

// "/" goes to the search, as long as nobody is writing.
document.addEventListener("keydown", (event) => {
  const writing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.key === "/" && !writing && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    byId("search")?.focus();
  }
});

// On a phone the menu and the tabs are broader than the screen: what is open comes into sight, once the page was laid
// out anyway (to measure it at once would lay it out twice).
for (const here of document.querySelectorAll("nav [aria-current=page]")) {
  const strip = here.closest(".tabs, .side");
  new IntersectionObserver(([{ boundingClientRect: mine, rootBounds: whole }], watch) => {
    strip.scrollLeft += mine.left - whole.left - (whole.width - mine.width) / 2;
    watch.disconnect();
  }, { root: strip }).observe(here);
}

// A form marked data-live asks again when something in it changes, and puts the answer's part in place of the page's.
let waiting, asking;

// What is asked, the parts of the answer that replace those of the page, and whether they hold what has the focus.
const ask = async (form, parts, extra) => {
  asking?.abort();
  asking = new AbortController();
  const said = [...new FormData(form), ...extra].filter(([, value]) => value !== "");
  const url = `${form.getAttribute("action")}?${new URLSearchParams(said)}`;
  const focused = document.activeElement?.id;
  for (const part of parts) byId(part).setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { signal: asking.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = parts.map((part) => page.getElementById(part));
    if (fresh.includes(null)) return location.assign(url);
    fresh.forEach((part) => byId(part.id).replaceWith(document.adoptNode(part)));
    if (parts.includes("curve")) stopping();
    if (focused && document.activeElement?.id !== focused) byId(focused)?.focus();
    history.replaceState(null, "", byId(form.dataset.live).dataset.address || url);
  } catch (error) {
    if (error.name !== "AbortError") location.assign(url);
  }
};

const soon = (form, pause, parts = [form.dataset.live], extra = []) => {
  clearTimeout(waiting);
  waiting = setTimeout(() => ask(form, parts, extra), pause);
};

for (const form of document.querySelectorAll("form[data-live]")) {
  const whole = [form.dataset.build, form.dataset.live].filter(Boolean);
  form.addEventListener("change", (event) => {
    if (event.target.id !== "cut") soon(form, 0, event.target.matches("[data-rebuild]") ? whole : undefined);
  });
  form.addEventListener("input", (event) => {
    if (event.target.matches("[type=number], [type=text], [type=search], input:not([type])")) soon(form, 200);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const pressed = event.submitter;
    soon(form, 0, whole, pressed?.name ? [[pressed.name, pressed.value]] : []);
  });
}

// A file can be dropped anywhere on the page that takes one.
const taker = document.querySelector("input[type=file]");
if (taker) {
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    taker.files = event.dataTransfer.files;
    taker.form.requestSubmit();
  });
}

// What is counted in the background is looked at again until it is done.
const busy = document.querySelector("[data-again]");
if (busy) {
  const look = async () => {
    const answer = await fetch(location.href);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(busy.id);
    const here = byId(busy.id);
    if (!fresh?.dataset.again) return location.reload();
    here.replaceWith(document.adoptNode(fresh));
    setTimeout(look, 1000);
  };
  setTimeout(look, 1000);
}

// The line on the profit curve can be dragged; it stops where the server says what it would bring. What it says of all
// the stops is asked for once somebody is about to drag.
const stopping = () => {
  const curve = document.querySelector("[data-stops]");
  if (!curve) return;
  const slider = byId("cut"), told = byId("stop"), budget = byId("budget"), form = curve.closest("form"), lines = [];
  for (const idle of curve.querySelectorAll(".idle")) idle.classList.remove("idle");
  const start = Number(slider.getAttribute("value"));
  slider.value = start;
  slider.setAttribute("aria-valuetext", told.textContent);

  let coming;
  const stops = () => (coming ??= fetch(curve.dataset.stops).then((answer) => answer.json()).catch((error) => {
    coming = undefined;
    throw error;
  }));
  for (const about of ["pointerenter", "focusin"]) curve.addEventListener(about, stops, { once: true });

  const draw = (tag, svg, attributes) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return svg.appendChild(made);
  };

  for (const svg of curve.querySelectorAll("svg.chart")) {
    const at = svg.dataset, scale = (customers) => Number(at.left) + ((at.right - at.left) * customers) / at.most;
    const line = draw("line", svg, { class: "handle", y1: at.top, y2: at.bottom });
    const grip = draw("circle", svg, { class: "grip", cy: at.bottom, r: 7 });
    const move = (customers) => {
      for (const name of ["x1", "x2"]) line.setAttribute(name, scale(customers));
      grip.setAttribute("cx", scale(customers));
    };
    move(curve.dataset.at);
    lines.push(move);
    svg.classList.add("draggable");
    const drag = async (event) => {
      const box = svg.getBoundingClientRect(), x = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
      const customers = ((x - at.left) / (at.right - at.left)) * at.most, known = await stops();
      let nearest = 0;
      known.forEach(([n], place) => { if (Math.abs(n - customers) < Math.abs(known[nearest][0] - customers)) nearest = place; });
      slider.value = nearest;
      show();
    };
    svg.addEventListener("pointerdown", (event) => { svg.setPointerCapture(event.pointerId); drag(event); });
    svg.addEventListener("pointermove", (event) => svg.hasPointerCapture(event.pointerId) && drag(event));
    svg.addEventListener("pointerup", () => settle(0));
  }

  const show = async () => {
    const [customers, , words] = (await stops())[slider.value];
    told.textContent = words;
    slider.setAttribute("aria-valuetext", words);
    for (const move of lines) move(customers);
  };
  const settle = async (pause) => {
    const [, cost] = (await stops())[slider.value];
    budget.value = Number(slider.value) === start && !budget.defaultValue ? "" : cost;
    soon(form, pause, [form.dataset.build, form.dataset.live]);
  };
  slider.addEventListener("input", show);
  // Of a key that is pressed several times only the last place is asked for.
  slider.addEventListener("change", () => settle(200));
};
stopping();
