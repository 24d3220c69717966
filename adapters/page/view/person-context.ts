import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

import type { PersonMenuOf } from './person-menu.tsx';

/** Opens the menu of a person, beside the name that was clicked. */
export interface ShowPerson {
  show(person: PersonMenuOf): void;
}

export const PersonContext = createContext<ShowPerson>({ show: () => {} });

export const useShowPerson = (): ShowPerson => useContext(PersonContext);
