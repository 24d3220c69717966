import { useState } from 'preact/hooks';

import { useChat } from './chat-context.ts';
import type { DialogName } from './chat-screen.tsx';
import { Icon } from './icon.tsx';
import { Menu, MenuItem } from './menu.tsx';
import { chooseTheme, chosenTheme, type Theme } from './theme.ts';

interface AccountMenuProps {
  readonly anchor: HTMLElement;
  readonly onClose: () => void;
  readonly onDialog: (name: DialogName) => void;
}

const themes: Readonly<Record<Theme, string>> = {
  system: 'As the system',
  light: 'Light',
  dark: 'Dark',
};

export function AccountMenu({ anchor, onClose, onDialog }: AccountMenuProps) {
  const chat = useChat();
  const [chosen] = useState(chosenTheme);
  return (
    <Menu label="Account and settings" anchor={anchor} onClose={onClose}>
      <div role="group" aria-label="Appearance">
        <p class="menu-title" aria-hidden="true">
          Appearance
        </p>
        {(Object.keys(themes) as Theme[]).map((theme) => (
          <MenuItem key={theme} checked={theme === chosen} onChoose={() => chooseTheme(theme)}>
            <span class="radio" />
            {themes[theme]}
          </MenuItem>
        ))}
      </div>
      <hr />
      <MenuItem onChoose={() => onDialog('password')}>
        <Icon name="key" />
        Change password
      </MenuItem>
      <MenuItem onChoose={() => onDialog('shortcuts')}>
        <Icon name="keyboard" />
        Keyboard shortcuts
      </MenuItem>
      <hr />
      <MenuItem onChoose={() => chat.logOut()}>
        <Icon name="leave" />
        Log out
      </MenuItem>
    </Menu>
  );
}
