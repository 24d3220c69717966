/** As a sentence about a log has it. */
export const partitionsInWords = (partitions: number): string =>
  partitions === 1 ? 'one partition' : `${partitions} partitions`;
