const item = 'securechat.theme';

export type Theme = 'system' | 'light' | 'dark';

/** What was chosen in this browser. It is no secret, so it may outlive the tab. */
export function chosenTheme(): Theme {
  try {
    const chosen = localStorage.getItem(item);
    return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
  } catch {
    // No storage: the system's choice is as good.
    return 'system';
  }
}

export function chooseTheme(theme: Theme): void {
  try {
    if (theme === 'system') localStorage.removeItem(item);
    else localStorage.setItem(item, theme);
  } catch {
    // It holds until the page is loaded again.
  }
  showTheme(theme);
}

export function showTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
}
