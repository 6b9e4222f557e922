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
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
