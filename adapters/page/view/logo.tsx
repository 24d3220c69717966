/** What is said, line by line, in the order in which it was said. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path
        class="logo-shape"
        d="M7 3h18a5 5 0 0 1 5 5v11a5 5 0 0 1-5 5H14l-6.2 5.2a1 1 0 0 1-1.8-.7V23.9A5 5 0 0 1 2 19V8a5 5 0 0 1 5-5Z"
      />
      <path class="logo-lines" d="M9 9.5h14M9 14h14M9 18.5h7" />
    </svg>
  );
}
