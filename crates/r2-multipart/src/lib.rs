//! Large objects in parts, both ways: plans, uploads, downloads, resume.
