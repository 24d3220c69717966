/** c01, c02, … */
export const clientNames = (clients: number): readonly string[] =>
  Array.from({ length: clients }, (_, index) => `c${String(index + 1).padStart(2, '0')}`);
