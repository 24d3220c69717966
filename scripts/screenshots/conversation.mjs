/** Whose page is shown. */
export const reader = 'mira';

/** A neighbourhood that repairs things, on Saturdays. Whom somebody follows stands before them. */
export const people = [
  { name: 'okoro', rooms: ['Textiles'] },
  {
    name: 'mira',
    rooms: ['Workshop', 'Saturday', 'Spare-parts'],
    follows: ['okoro'],
  },
  { name: 'jonas', rooms: ['Workshop', 'Spare-parts', 'Saturday'], follows: ['okoro'] },
  { name: 'priya', rooms: ['Workshop', 'Saturday', 'Spare-parts'] },
  { name: 'lena', rooms: ['Workshop', 'Saturday', 'Textiles'] },
  { name: 'tomas', rooms: ['Workshop', 'Saturday'] },
];

/** Of whoever sits at the terminal. */
export const terminal = {
  name: 'jonas',
  room: 'Workshop',
  typed: [
    { text: '/join Workshop', shows: /^SUCCESS: Joined Workshop/ },
    { text: '/history 6', shows: /Could you do the chain, Lena\?/ },
    { text: 'The brakes are done, by the way. Two pads and a cable.', shows: /cable\.$/ },
  ],
  /** The last line of what is said meanwhile… */
  last: /Coffee on Saturday/,
  /** …and what they are about to say. */
  typing: 'Then I bring cake',
};

const saying = (by, room, text) => ({ by, room, text });
const workshop = (by, text) => saying(by, 'Workshop', text);
const direct = (by, to, text) => ({ by, to, text });

/** What was said when, the latest at the end. */
export const days = [
  {
    hoursAgo: 26,
    said: [
      {
        by: 'priya',
        room: 'Spare-parts',
        text: 'The drawer with the 608 bearings is empty again.',
      },
      { by: 'jonas', room: 'Spare-parts', text: 'Twenty are on their way.' },
      workshop('priya', 'The espresso machine of table 3 is back. It leaks again.'),
      workshop('jonas', 'The same seal as in spring?'),
      workshop(
        'priya',
        'Looks like it. I ordered two, they come tomorrow: https://example.org/parts/58-mm-gasket',
      ),
      direct('lena', 'mira', 'Thank you for yesterday evening!'),
    ],
  },
  {
    hoursAgo: 4.2,
    said: [
      workshop('tomas', 'Good morning! Who has the key on Saturday?'),
      workshop('mira', 'I do. I open at nine.'),
      workshop('mira', 'Okoro brings two sewing machines, so please leave the long table free.'),
      { by: 'tomas', room: 'Saturday', text: 'The poster hangs at the library now.' },
    ],
  },
  {
    hoursAgo: 3.4,
    said: [
      workshop(
        'lena',
        'Three people asked for help with a bicycle already:\n1. brakes that squeal\n2. a bent fork\n3. a first bike of somebody small, which has no chain',
      ),
      workshop('jonas', 'I take the brakes. Could you do the chain, Lena?'),
      workshop('lena', 'Gladly.'),
      direct('jonas', 'mira', 'Do you still have the torque wrench?'),
      direct('mira', 'jonas', 'In the red box. I bring it.'),
    ],
  },
  {
    hoursAgo: 0,
    said: [
      { by: 'priya', room: 'Saturday', text: 'I can stay until five.' },
      { by: 'lena', room: 'Saturday', text: 'Then I come at noon and we overlap.' },
      workshop('priya', 'The seals are here. It has held its pressure for ten minutes now.'),
      workshop('tomas', 'Best news of the week.'),
      direct('lena', 'mira', 'Can I borrow your chain tool?'),
    ],
    /** While she looks. */
    meanwhile: [
      { by: 'okoro', room: 'Textiles', text: 'Both machines are oiled and run.' },
      direct('priya', 'mira', 'Shall we try it with the good beans?'),
      workshop('lena', 'Coffee on Saturday, then!'),
    ],
  },
];
