"""What people do in a week: one file a process, its scalar rule first, then the loops that apply it."""
