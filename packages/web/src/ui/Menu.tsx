import { type Signal, useSignal } from '@preact/signals';
import type { ComponentChildren, TargetedKeyboardEvent, TargetedToggleEvent } from 'preact';
import { useId, useRef } from 'preact/hooks';
import styles from './Menu.module.css';
import { placeBeside } from './place-beside.ts';
import popover from './Popover.module.css';

/** Something that a menu does. */
export interface MenuItem {
  readonly text: string;
  readonly run?: () => unknown;
  /** What it leads to, instead of `run`. */
  readonly href?: string;
  /** The name of the file that `href` is saved as. */
  readonly file?: string;
  /** It is on or off, and the menu stays open. */
  readonly isOn?: boolean;
  /** What stands above it, for it and those that follow. */
  readonly heading?: string;
}

export interface MenuProps {
  readonly label: string;
  /** Asked for when it is opened. */
  readonly items: () => readonly MenuItem[];
  /** What the button shows. */
  readonly children: ComponentChildren;
  readonly isQuiet?: boolean;
}

/** A button that opens a menu: arrows go through it, Escape leads back to the button. */
export function Menu({ label, items, children, isQuiet = false }: MenuProps) {
  const id = useId();
  const isOpen = useSignal(false);
  const panel = useRef<HTMLDivElement>(null);
  return (
    <>
      <button
        type="button"
        class={popover.opener}
        data-quiet={isQuiet}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={isOpen.value}
        popovertarget={id}
        onKeyDown={(event) => openByArrow(event, panel.current)}
      >
        {children}
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        class={`${popover.panel} ${styles.panel}`}
        role="menu"
        aria-label={label}
        onBeforeToggle={(event) => begin(event, isOpen)}
        onToggle={(event) => follow(event, isOpen)}
        onKeyDown={move}
      >
        {isOpen.value && items().map((item) => <Item key={item.text} item={item} />)}
      </div>
    </>
  );
}

function begin(event: TargetedToggleEvent<HTMLElement>, isOpen: Signal<boolean>): void {
  if (event.newState === 'open') isOpen.value = true;
  placeBeside(event);
}

/** Its items go once it is closed: what is gone earlier can neither be followed nor give the focus back. */
function follow(
  { newState, currentTarget }: TargetedToggleEvent<HTMLElement>,
  isOpen: Signal<boolean>,
): void {
  isOpen.value = newState === 'open';
  if (isOpen.value) focusFirst(currentTarget);
}

function openByArrow(event: KeyboardEvent, panel: HTMLElement | null): void {
  if (event.key !== 'ArrowDown' || panel === null) return;
  event.preventDefault();
  if (panel.matches(':popover-open')) focusFirst(panel);
  else panel.showPopover();
}

function Item({ item }: { readonly item: MenuItem }) {
  const { text, run, href, file, isOn, heading } = item;
  const shared = { class: styles.item, tabIndex: -1 };
  return (
    <>
      {heading !== undefined && <div class={styles.heading}>{heading}</div>}
      {href !== undefined ? (
        <a {...shared} role="menuitem" href={href} download={file} onClick={close}>
          {text}
        </a>
      ) : (
        <button
          {...shared}
          type="button"
          role={isOn === undefined ? 'menuitem' : 'menuitemcheckbox'}
          aria-checked={isOn}
          onClick={(event) => {
            run?.();
            if (isOn === undefined) close(event);
          }}
        >
          {isOn !== undefined && <span aria-hidden="true">{isOn ? '☑' : '☐'} </span>}
          {text}
        </button>
      )}
    </>
  );
}

function close({ currentTarget }: { readonly currentTarget: HTMLElement }): void {
  currentTarget.closest<HTMLElement>('[popover]')?.hidePopover();
}

function focusFirst(panel: HTMLElement): void {
  itemsOf(panel)[0]?.focus();
}

function move(event: TargetedKeyboardEvent<HTMLElement>): void {
  const list = itemsOf(event.currentTarget);
  const at = list.findIndex((item) => item === document.activeElement);
  const next = nextOf(event.key, at, list);
  if (event.key === 'Tab') event.currentTarget.hidePopover();
  // The browser closes the menu; the page would close what is around it.
  if (event.key === 'Escape') event.stopPropagation();
  if (next === undefined) return;
  // The keys of the page have other meanings.
  event.preventDefault();
  list.at(next)?.focus();
}

function nextOf(key: string, at: number, list: readonly HTMLElement[]): number | undefined {
  if (key === 'ArrowDown') return (at + 1) % list.length;
  if (key === 'ArrowUp') return at <= 0 ? -1 : at - 1;
  if (key === 'Home') return 0;
  if (key === 'End') return -1;
  if (key.length !== 1 || key === ' ') return undefined;
  const begins = (item: HTMLElement) => item.textContent.trim().toLowerCase().startsWith(key.toLowerCase());
  const found = [...list.slice(at + 1), ...list.slice(0, at + 1)].find(begins);
  return found === undefined ? at : list.indexOf(found);
}

function itemsOf(panel: HTMLElement): readonly HTMLElement[] {
  return [...panel.querySelectorAll<HTMLElement>('[role^="menuitem"]')];
}
