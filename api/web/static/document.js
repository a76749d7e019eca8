// Outlines the place of a field on the page picture.
for (const row of document.querySelectorAll("tr[data-for]")) {
  const show = (on) => {
    for (const box of document.querySelectorAll("rect")) box.classList.toggle("shown", on && box.dataset.field === row.dataset.for);
  };
  row.addEventListener("mouseenter", () => show(true));
  row.addEventListener("focusin", () => show(true));
}
