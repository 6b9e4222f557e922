// Small courtesies; every page works without them.
document.addEventListener("change", (event) => {
  const box = event.target;
  // "Select all" of a list, and the count of what is selected.
  if (box.matches("[data-all]")) {
    for (const one of document.querySelectorAll(`[name="${box.dataset.all}"]`)) one.checked = box.checked;
  }
  for (const told of document.querySelectorAll("[data-count-of]")) {
    told.textContent = document.querySelectorAll(`[name="${told.dataset.countOf}"]:checked`).length;
  }
  if (box.matches("[data-submit]")) box.form.requestSubmit();
});
// In a column of marks, Enter goes on to the next one, as on a sheet; after the last it saves.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("[data-next]")) return;
  const column = [...document.querySelectorAll("[data-next]")];
  const next = column[column.indexOf(event.target) + 1];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.select();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  navigator.clipboard?.writeText(field.value);
});
for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
// On a phone the menu is wider than the screen: the page one is on is to be seen in it.
const menu = document.querySelector(".menu"), here = menu?.querySelector("[aria-current]");
if (here) menu.scrollLeft = here.offsetLeft - menu.offsetLeft + here.offsetWidth / 2 - menu.clientWidth / 2;
// A file dropped anywhere on its field is chosen, not opened by the browser.
for (const zone of document.querySelectorAll("[data-drop]")) {
  const over = (on) => (event) => { event.preventDefault(); zone.classList.toggle("over", on); };
  zone.addEventListener("dragover", over(true));
  zone.addEventListener("dragleave", over(false));
  zone.addEventListener("drop", (event) => {
    over(false)(event);
    if (event.dataTransfer.files.length) zone.querySelector("input").files = event.dataTransfer.files;
  });
}
