"""Depeche: the words, the doors to the outside, and the wiring."""
