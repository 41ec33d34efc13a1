//! What cannot be seen from outside: the end of the process at each step.

mod crash;
