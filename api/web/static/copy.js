// Buttons that copy the value of a field. Without a safe address there is no clipboard; then the field is copied from.
import { say, toast } from "./frame.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    document.execCommand("copy");
  }
  toast(say("line_copied"), 3);
});
