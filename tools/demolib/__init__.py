"""The parts of tools/demo: world (files and processes), journey (the steps), checks (foreign judges), page (what is shown)."""
