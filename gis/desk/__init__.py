"""The verbs of a desk: what each makes of files or frames, for the command that prints and the face that gives."""
