"""What a report does in the browser: draws a chart when it comes into sight, in the device's colours."""

from typing import Final

SCRIPT: Final = """
(() => {
  "use strict";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const coarse = matchMedia("(pointer: coarse)");
  const figures = [...document.querySelectorAll("figure")];
  const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const themed = layout => {
    const line = colour("--line");
    const axis = old => ({...old, gridcolor: line, zerolinecolor: colour("--faint"), linecolor: line});
    return {...layout, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: {...layout.font, color: colour("--ink")}, xaxis: axis(layout.xaxis), yaxis: axis(layout.yaxis),
      hoverlabel: {bgcolor: colour("--card"), bordercolor: line, font: {color: colour("--ink")}},
      dragmode: coarse.matches ? false : "zoom"};
  };
  const draw = figure => {
    const told = JSON.parse(figure.querySelector("script").textContent);
    const config = {responsive: true, displaylogo: false, displayModeBar: false};
    Plotly.react(figure.querySelector(".plot"), told.data, themed(told.layout), config);
    figure.dataset.drawn = "yes";
  };
  const seen = new IntersectionObserver(entries => {
    for (const entry of entries) {
      if (entry.isIntersecting && !entry.target.dataset.drawn) draw(entry.target);
    }
  }, {rootMargin: "300px"});
  figures.forEach(figure => seen.observe(figure));
  dark.addEventListener("change", () => figures.filter(one => one.dataset.drawn).forEach(draw));
  addEventListener("beforeprint", () => figures.forEach(draw));
  for (const choice of document.querySelectorAll(".choice")) {
    const select = choice.querySelector("select");
    const options = [...choice.querySelectorAll(".option")];
    const show = () => options.forEach((one, at) => { one.hidden = at !== select.selectedIndex; });
    select.addEventListener("change", show);
    show();
  }
})();
"""
