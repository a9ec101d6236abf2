"""Starts the real Millrace from outside, as an operator does, and looks at what it leaves behind."""
