//! Laws of bodies.
