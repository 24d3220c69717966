/** The first record of every partition, and the first after each rollback of its log. */
export interface EpochStarted {
  readonly type: 'EpochStarted';
  readonly data: {
    readonly epoch: string;
    /** Absent in a log's first epoch. */
    readonly previous?: string;
    /** The first position that the previous epoch lost; 1 in a log's first epoch. */
    readonly from: number;
    /** How many partitions the log has; where a log is made, and not in the oldest ones. */
    readonly partitions?: number;
  };
}
