"""acpshare: one advance care plan, shown as whichever form a place works with."""
