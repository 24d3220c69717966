import { render } from 'preact';

import { keepAddress } from './session/address-bar.ts';
import { Chat } from './session/chat.ts';
import { keepReadMarks } from './session/read-marks.ts';
import { keepUp } from './session/upkeep.ts';
import { App } from './view/app.tsx';
import { chosenTheme, showTheme } from './view/theme.ts';

const page = document.querySelector('#page');
if (page === null) throw new Error('The document has no place for the page');
showTheme(chosenTheme());
const chat = new Chat();
keepUp(chat);
keepAddress(chat);
keepReadMarks(chat);
render(<App chat={chat} />, page);
void chat.begin();
