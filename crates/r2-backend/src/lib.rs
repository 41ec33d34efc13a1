//! R2 as a back end for other programs: plan and run a sync between directories and buckets.
