/** Closes the panel that something in it was chosen from; the focus goes back to its button. */
export function closePopover({ target }: Event): void {
  if (!(target instanceof Element)) return;
  const panel = target.closest<HTMLElement>('[popover]');
  if (panel?.matches(':popover-open') === true) panel.hidePopover();
}
