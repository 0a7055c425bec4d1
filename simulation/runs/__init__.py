"""Many runs: planned, dispatched, stored, resumed, and compared in pairs."""
