// Tips that come at once, and a schedule that can be moved. Everything is there without this too.
"use strict";
(() => {
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  document.body.append(tip);
  let holder = null;
  const nearest = (node) => {
    for (; node && node.nodeType === 1 && node.tagName !== "BODY"; node = node.parentNode) {
      if (node.dataset && node.dataset.tip) return node;
      const title = node.tagName !== "svg" && node.querySelector && node.querySelector(":scope > title");
      if (title && node.closest(".chart")) {
        // The browser's own tip would come on top of this one.
        node.dataset.tip = title.textContent;
        title.remove();
        return node;
      }
    }
    return null;
  };
  const show = (event) => {
    const found = event.target.closest && event.target.closest(".chart") ? nearest(event.target) : null;
    if (!found) {
      tip.hidden = true;
      holder = null;
      return;
    }
    if (found !== holder) {
      tip.textContent = found.dataset.tip;
      tip.hidden = false;
      holder = found;
    }
    const { offsetWidth: width, offsetHeight: height } = tip;
    const left = event.clientX + 14 + width > innerWidth ? event.clientX - 14 - width : event.clientX + 14;
    const top = event.clientY + 16 + height > innerHeight ? event.clientY - 12 - height : event.clientY + 16;
    tip.style.left = Math.max(4, left) + "px";
    tip.style.top = Math.max(4, top) + "px";
  };
  addEventListener("pointermove", show, { passive: true });
  addEventListener("pointerdown", show, { passive: true });
  addEventListener("scroll", () => { tip.hidden = true; holder = null; }, { passive: true, capture: true });

  const steps = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const two = (number) => String(number).padStart(2, "0");
  const label = (seconds, step, start) => {
    if (step < 1) return seconds.toFixed(Math.min(9, Math.ceil(-Math.log10(step)))) + " s";
    const day = Math.floor(seconds / 86400);
    const rest = Math.round(seconds - day * 86400);
    if (start !== null && rest === 0) {
      const date = new Date(day * 86400000);
      return date.getUTCDate() + " " + months[date.getUTCMonth()];
    }
    const hours = start === null ? Math.floor(seconds / 3600 + 1e-9) : Math.floor(rest / 3600);
    return (start === null ? hours : two(hours)) + ":" + two(Math.floor(rest % 3600 / 60)) + (step < 60 ? ":" + two(rest % 60) : "");
  };
  for (const zoom of document.querySelectorAll(".zoom")) {
    const lanes = zoom.querySelector(".lanes");
    const ticks = zoom.querySelector(".time-ticks");
    const whole = lanes.viewBox.baseVal.width;
    const height = lanes.viewBox.baseVal.height;
    const from = Number(zoom.dataset.from);
    const span = Number(zoom.dataset.span);
    const start = "start" in zoom.dataset ? Number(zoom.dataset.start) : null;
    const original = ticks.innerHTML;
    let left = 0;
    let width = whole;
    const draw = () => {
      width = Math.min(whole, Math.max(whole / 2000, width));
      left = Math.min(whole - width, Math.max(0, left));
      lanes.setAttribute("viewBox", `${left} 0 ${width} ${height}`);
      zoom.classList.toggle("zoomed", width < whole);
      if (width === whole) {
        ticks.innerHTML = original;
        return;
      }
      const perUnit = span / whole;
      const least = width * perUnit / 9;
      const step = steps.find((step) => step >= least) || (least < 86400 ? 1 : Math.ceil(least / 86400) * 86400);
      const fine = least < 0.5 ? 10 ** Math.ceil(Math.log10(least)) : step;
      const origin = from + (start || 0);
      let text = "";
      for (let at = Math.ceil((origin + left * perUnit) / fine) * fine; at <= origin + (left + width) * perUnit; at += fine) {
        const x = ((at - origin) / perUnit - left) / width * whole;
        text += `<line class="zero" x1="${x}" y1="0" x2="${x}" y2="4"/><text class="tick middle" x="${x}" y="17">${label(at, fine, start)}</text>`;
      }
      ticks.innerHTML = text;
    };
    const about = (factor, share) => {
      const centre = left + width * share;
      width *= factor;
      width = Math.min(whole, Math.max(whole / 2000, width));
      left = centre - width * share;
      draw();
    };
    const controls = document.createElement("div");
    controls.className = "controls";
    const button = (text, name, action) => {
      const made = document.createElement("button");
      made.type = "button";
      made.textContent = text;
      made.title = name;
      made.addEventListener("click", action);
      controls.append(made);
    };
    button("+", "closer", () => about(0.5, 0.5));
    button("−", "farther", () => about(2, 0.5));
    button("‹", "earlier", () => { left -= width / 2; draw(); });
    button("›", "later", () => { left += width / 2; draw(); });
    button("all", "the whole window", () => { left = 0; width = whole; draw(); });
    controls.append("or turn the wheel with Ctrl, and drag");
    zoom.prepend(controls);
    zoom.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const box = lanes.getBoundingClientRect();
      about(event.deltaY > 0 ? 1.25 : 0.8, Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)));
    }, { passive: false });
    let held = null;
    lanes.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "mouse" || width === whole) return;
      held = { x: event.clientX, left };
      lanes.setPointerCapture(event.pointerId);
    });
    lanes.addEventListener("pointermove", (event) => {
      if (!held) return;
      left = held.left - (event.clientX - held.x) / lanes.getBoundingClientRect().width * width;
      draw();
    });
    lanes.addEventListener("pointerup", () => { held = null; });
    lanes.addEventListener("pointercancel", () => { held = null; });
  }
})();
